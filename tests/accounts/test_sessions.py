"""Two scopes that never mix, devices, and how long a session lives."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as live
from django.contrib.auth import SESSION_KEY
from django.test import Client

from config.kit import clock
from config.kit.models import AuditEntry
from customers.devices import device_class, device_label
from customers.models import Session, User
from customers.services.sessions import session_end, session_end_all
from customers.sessions import SessionStore, session_handle

STAFF, SHOP = live.STAFF_SESSION_COOKIE_NAME, live.SESSION_COOKIE_NAME
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)
IPAD = IPHONE.replace("iPhone;", "iPad;").replace("iPhone OS", "OS")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)
ANDROID_TABLET = ANDROID.replace(" Mobile", "").replace("Pixel 8", "SM-X700")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def open_session(user, scope: str, **more: object) -> SessionStore:
    store = SessionStore(scope=scope)
    store.update(
        {
            SESSION_KEY: str(user.pk),
            "_auth_user_backend": live.AUTHENTICATION_BACKENDS[0],
            "_auth_user_hash": user.get_session_auth_hash(),
            "staff_verified": True,
            **more,
        }
    )
    store.save()
    return store


def open_key(user: User, scope: str, **more: object) -> str:
    """The key of a session that is open."""
    key = open_session(user, scope, **more).session_key
    assert key is not None
    return key


def test_a_storefront_session_never_opens_the_back_office(ana):
    key = open_key(ana, "storefront")
    client = Client()
    for name in (STAFF, SHOP):
        client.cookies[name] = key

    assert client.get("/backoffice/").status_code == 302
    assert Session.objects.get(session_key=key).scope == "storefront"


def test_a_staff_session_never_opens_the_account(carla):
    carla.is_staff = True
    carla.save()
    key = open_key(carla, "backoffice")
    client = Client()
    for name in (STAFF, SHOP):
        client.cookies[name] = key

    assert client.get("/account/").status_code == 302
    assert client.get("/backoffice/").status_code == 200


def test_staff_who_skipped_the_last_step_are_not_in(ana):
    client = Client()
    client.cookies[STAFF] = open_key(ana, "backoffice", staff_verified=False)

    assert client.get("/backoffice/").status_code == 302


def test_both_sessions_live_side_by_side_and_end_apart(carla, visitor):
    carla.is_staff = True
    carla.save()
    person = {"email": "carla@correo.example", "password": "una-clave-larga-9"}
    visitor.post("/account/login/", person)
    visitor.post("/backoffice/login/", person)
    assert visitor.cookies[STAFF]["path"] == "/backoffice/"
    assert visitor.cookies[SHOP]["path"] == "/"
    assert sorted(Session.objects.values_list("scope", flat=True)) == ["backoffice", "storefront"]

    visitor.post("/account/logout/")

    assert visitor.get("/account/").status_code == 302
    assert visitor.get("/backoffice/").status_code == 200


@pytest.mark.django_db
def test_a_row_of_another_scope_is_not_found_and_not_ended():
    row = SessionStore(scope="storefront")
    row["cart"] = "7"
    row.save()
    stranger = SessionStore(row.session_key, scope="backoffice")

    assert stranger.load() == {}
    assert stranger.session_key is None
    SessionStore(scope="backoffice").delete(row.session_key)
    SessionStore(row.session_key, scope="backoffice").flush()

    assert SessionStore(row.session_key, scope="storefront")["cart"] == "7"


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["storefront", "backoffice"])
def test_cycle_and_flush_keep_the_scope(scope):
    store = SessionStore(scope=scope)
    store["a"] = 1
    store.save()
    first = store.session_key

    store.cycle_key()
    store.save()
    assert not Session.objects.filter(session_key=first).exists()
    assert Session.objects.get(session_key=store.session_key).scope == scope

    store.flush()
    store["b"] = 2
    store.save()
    assert Session.objects.get().scope == scope


def test_a_session_made_up_by_the_browser_is_not_adopted(ana, visitor, staff_password):
    visitor.cookies[STAFF] = "a" * 32

    staff_password("ana@casaquillay.example")

    assert visitor.cookies[STAFF].value != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


def test_logging_in_again_gives_a_new_key(ana, visitor, staff_password):
    staff_password("ana@casaquillay.example")
    first = visitor.cookies[STAFF].value

    staff_password("ana@casaquillay.example")

    assert visitor.cookies[STAFF].value != first
    assert Session.objects.filter(session_key=first).count() == 0
    assert Session.objects.filter(user=ana).count() == 1


def test_a_staff_session_ends_after_twelve_quiet_hours(ana, visitor, staff_password):
    with time_machine.travel(clock.now(), tick=False) as now:
        staff_password("ana@casaquillay.example")
        now.shift(timedelta(hours=11, minutes=59))
        assert visitor.get("/backoffice/").status_code == 200
        now.shift(timedelta(hours=11, minutes=59))
        assert visitor.get("/backoffice/").status_code == 200
        now.shift(timedelta(hours=12, minutes=1))
        assert visitor.get("/backoffice/").status_code == 302


def test_a_staff_session_ends_after_fourteen_days_however_busy(ana, visitor, staff_password):
    with time_machine.travel(clock.now(), tick=False) as now:
        staff_password("ana@casaquillay.example")
        for _half_day in range(27):
            now.shift(timedelta(hours=11, minutes=50))
            assert visitor.get("/backoffice/").status_code == 200
        now.shift(timedelta(hours=11, minutes=50))
        assert visitor.get("/backoffice/").status_code == 200
        now.shift(timedelta(hours=11, minutes=50))
        assert visitor.get("/backoffice/").status_code == 302


def test_a_visit_is_noted_at_most_every_five_minutes(ana, visitor, staff_password):
    with time_machine.travel(clock.now(), tick=False) as now:
        staff_password("ana@casaquillay.example")
        first = Session.objects.get(user=ana)
        now.shift(timedelta(minutes=4))
        assert STAFF not in visitor.get("/backoffice/security/").cookies
        now.shift(timedelta(minutes=2))
        visitor.get("/backoffice/security/")

    session = Session.objects.get(user=ana)
    assert session.seen_at - first.seen_at == timedelta(minutes=6)
    assert abs(session.created_at - first.created_at) < timedelta(seconds=1)


@pytest.mark.feature("US02")
def test_ending_all_sessions_ends_those_of_this_person_only(ana, carla):
    open_session(ana, "backoffice")
    open_session(carla, "storefront")
    kept = open_key(carla, "storefront")

    assert session_end_all(user=carla, except_key=kept) == 1
    assert session_end_all(user=None) == 0
    assert Session.objects.filter(user=ana).count() == 1
    assert Session.objects.get(user=carla).session_key == kept


def test_a_handle_ends_a_session_and_does_not_open_it(ana, carla):
    key = open_key(ana, "backoffice")
    handle = session_handle(Session.objects.get(session_key=key))
    client = Client()
    client.cookies[STAFF] = handle

    assert key not in handle
    assert client.get("/backoffice/").status_code == 302
    assert not session_end(user=carla, session_id=handle, scope="backoffice")
    assert not session_end(user=ana, session_id=handle, scope="storefront")
    assert session_end(user=ana, session_id=handle, scope="backoffice")


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (IPHONE, "mobile"),
        (IPAD, "tablet"),
        (ANDROID, "mobile"),
        (ANDROID_TABLET, "tablet"),
        (WINDOWS, "desktop"),
        (ROBOT, ""),
        ("", ""),
        ("\x00" * 5000, ""),
    ],
)
def test_the_class_of_a_device(agent, expected):
    assert device_class(agent) == expected


def test_the_device_stands_on_the_session(carla):
    client = Client(headers={"User-Agent": ANDROID})

    client.post(
        "/account/login/", {"email": "carla@correo.example", "password": "una-clave-larga-9"}
    )

    session = Session.objects.get(user=carla)
    assert (session.device, session.user_agent, session.ip) == ("mobile", ANDROID, "127.0.0.1")
    assert device_label(ANDROID) == "Chrome Mobile, Android"


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["storefront", "backoffice"])
def test_a_session_that_was_ended_meanwhile_does_not_live_on_under_a_new_key(carla, scope):
    key = open_key(carla, scope)
    under_way = SessionStore(key, scope=scope)
    assert under_way[SESSION_KEY] == str(carla.pk)
    session_end_all(user=carla, scope=scope)

    under_way.cycle_key()
    under_way["later"] = 1
    under_way.save()

    assert not Session.objects.filter(user=carla).exists()
    assert SESSION_KEY not in under_way


@pytest.mark.feature("US13")
def test_staff_see_a_persons_devices_and_end_one_or_all(ana_client, carla):
    public_id = carla.customer.public_id
    phone = open_session(carla, "storefront", user_agent=IPHONE, device="mobile", ip="203.0.113.7")
    desk = open_session(carla, "storefront", user_agent=WINDOWS, device="desktop")
    page = ana_client.get(f"/backoffice/customers/{public_id}/sessions/").content.decode()
    assert "Mobile Safari, iOS" in page
    assert "203.0.113.7" in page
    assert "Firefox, Windows" in page
    url = f"/backoffice/customers/{public_id}/login/end-sessions/"

    handle = session_handle(Session.objects.get(session_key=phone.session_key))
    ana_client.post(url, {"session": handle})
    assert list(Session.objects.filter(user=carla).values_list("session_key", flat=True)) == [
        desk.session_key
    ]
    ana_client.post(url)

    assert not Session.objects.filter(user=carla).exists()
    after = ana_client.get(f"/backoffice/customers/{public_id}/sessions/").content.decode()
    assert "No open session" in after
    ended = AuditEntry.objects.filter(action="customers.customer.sessions_ended")
    assert [one.data for one in ended] == [{"sessions": 1}, {"sessions": 1}]


@pytest.mark.feature("US13")
def test_a_session_of_another_person_is_not_ended_by_a_handle(ana_client, carla, make_customer):
    other = make_customer("rayen@correo.example")
    open_session(carla, "storefront")
    handle = session_handle(Session.objects.get(user=carla))

    ana_client.post(
        f"/backoffice/customers/{other.public_id}/login/end-sessions/", {"session": handle}
    )

    assert Session.objects.filter(user=carla).count() == 1


@pytest.mark.feature("US13")
def test_who_only_reads_ends_no_session(beto_client, carla):
    open_session(carla, "storefront")
    url = f"/backoffice/customers/{carla.customer.public_id}/login/end-sessions/"

    assert (
        "End session"
        not in beto_client.get(
            f"/backoffice/customers/{carla.customer.public_id}/sessions/"
        ).content.decode()
    )
    assert beto_client.post(url).status_code == 403
    assert Session.objects.filter(user=carla).count() == 1
