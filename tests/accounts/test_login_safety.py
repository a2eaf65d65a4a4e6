"""Guessing gets slower with each failure, and the owner of a log-in hears of what is odd."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as live
from django.test import Client

from config.kit import clock, outbox
from config.kit.api.models import ApiToken
from config.kit.api.services.tokens import token_create
from config.kit.models import AuditEntry, OutboxEvent
from config.kit.translations import compile_all
from customers.models import LoginAlert, LoginAttempts, LoginDevice, Session, User
from customers.selectors.login_alerts import login_alert_link
from customers.services.login_alerts import log_ins_tidy, login_alert_raise
from customers.services.passwords import password_link
from customers.sessions import SessionStore
from messaging.models import Delivery, TransactionalMail
from messaging.services.alert_mails import alert_letter
from tests.accounts.conftest import PASSWORD, code_of

ANA, CARLA = "ana@casaquillay.example", "carla@correo.example"
NOBODY = "nobody@correo.example"
STAFF_LOGIN, SHOP_LOGIN = "/backoffice/login/", "/account/login/"
DEVICE = "clientela_device"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0"


@pytest.fixture
def still() -> Iterator[time_machine.Traveller]:
    """A clock that moves when it is told to."""
    with time_machine.travel(clock.now(), tick=False) as moving:
        yield moving


def attempt(client: Client, url: str, address: str, password: str = "wrong-password-1") -> int:
    return client.post(url, {"email": address, "password": password}).status_code


def fail(
    client: Client, url: str, address: str, now: time_machine.Traveller, times: int = 10
) -> None:
    """So many failures, each after the wait that it needs."""
    for number in range(times):
        if number:
            now.shift(timedelta(minutes=2))
        assert attempt(client, url, address) == 422


def settle() -> None:
    """What happened reaches its handlers, and what these wrote reaches theirs."""
    outbox.dispatch()
    outbox.dispatch()


def alerts() -> list[tuple[int, str]]:
    return list(LoginAlert.objects.order_by("id").values_list("user_id", "kind"))


@pytest.mark.parametrize("address", [ANA, NOBODY])
@pytest.mark.parametrize("url", [STAFF_LOGIN, SHOP_LOGIN])
def test_the_wait_grows_with_every_failure_whoever_it_is(ana, visitor, still, url, address):
    for _free in range(4):
        assert attempt(visitor, url, address) == 422
    said = []
    for wait in (5, 15, 30, 60, 120, 900, 900):
        assert attempt(visitor, url, address) == 422
        refused = visitor.post(url, {"email": address, "password": PASSWORD})
        assert refused.status_code == 429
        said.append(refused.content.decode().partition("attempts. ")[2].partition(" and")[0])
        still.shift(timedelta(seconds=wait))

    assert said == [
        *("Wait 5 seconds", "Wait 15 seconds", "Wait 30 seconds", "Wait 60 seconds"),
        *("Wait 2 minutes", "Wait 15 minutes", "Wait 15 minutes"),
    ]


def test_the_right_password_and_a_quiet_day_make_all_as_at_first(ana, visitor, still):
    for _round in range(3):
        for _failure in range(4):
            assert attempt(visitor, STAFF_LOGIN, ANA) == 422
        assert attempt(visitor, STAFF_LOGIN, ANA, PASSWORD) == 302
    fail(visitor, STAFF_LOGIN, NOBODY, still)
    still.shift(timedelta(days=1, seconds=1))
    assert [attempt(visitor, STAFF_LOGIN, NOBODY) for _again in range(5)] == [422] * 5


def test_a_new_password_by_a_link_opens_the_log_in_again(carla, visitor, still):
    fail(visitor, SHOP_LOGIN, CARLA, still)
    link = password_link(carla).removeprefix(live.SITE_URL)
    assert visitor.post(link, {"password": "otra-muy-larga-7"}).status_code == 302
    assert attempt(Client(), SHOP_LOGIN, CARLA, "otra-muy-larga-7") == 302


@pytest.mark.django_db
def test_what_was_typed_is_kept_as_a_digest_only(visitor):
    attempt(visitor, STAFF_LOGIN, NOBODY)
    held = LoginAttempts.objects.get()
    assert (len(held.subject), held.failures) == (64, 1)


@pytest.mark.parametrize("url", [STAFF_LOGIN, SHOP_LOGIN])
def test_the_owner_of_a_locked_log_in_gets_one_mail(ana, carla, visitor, still, url):
    owner = ana if url == STAFF_LOGIN else carla
    fail(visitor, url, owner.email, still, times=9)
    settle()
    assert alerts() == []
    still.shift(timedelta(minutes=2))
    attempt(visitor, url, owner.email)
    fail(visitor, url, NOBODY, still)
    settle()

    assert alerts() == [(owner.pk, "locked")]
    mail = TransactionalMail.objects.get(kind="login_alert_locked")
    assert (mail.user_id, mail.about) == (owner.pk, LoginAlert.objects.get().pk)
    assert Delivery.objects.get(pk=mail.delivery_id).address == owner.email


def test_who_has_no_password_or_may_not_log_in_gets_none(ana, beto, make_customer, visitor, still):
    make_customer("rayen@correo.example")
    beto.is_active = False
    beto.save()
    for address in ("rayen@correo.example", beto.email):
        fail(visitor, STAFF_LOGIN, address, still)
    settle()
    assert alerts() == []


def test_three_mails_of_a_kind_a_day_are_enough(ana):
    for _number in range(5):
        login_alert_raise(user=ana, kind="locked", at=clock.now(), ip=None, agent="")
    assert alerts() == [(ana.pk, "locked")] * 3


def test_wrong_codes_after_the_right_password_are_told(ana, ana_factor, visitor, still):
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    for _number in range(10):
        assert visitor.post("/backoffice/login/code/", {"code": "000000"}).status_code == 422
        still.shift(timedelta(minutes=1, seconds=25))
        attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
        still.shift(timedelta(seconds=35))
    answer = visitor.post("/backoffice/login/code/", {"code": code_of(ana_factor[0])})

    assert answer.status_code == 429
    assert alerts() == [(ana.pk, "codes")]


@pytest.mark.feature("US05")
def test_a_browser_that_the_account_does_not_know_is_told_once(ana, visitor):
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    assert alerts() == []  # the first log-in of all
    cookie = visitor.cookies[DEVICE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/backoffice/", True, "Lax")

    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    assert alerts() == []
    other = Client(headers={"User-Agent": WINDOWS})
    attempt(other, STAFF_LOGIN, ANA, PASSWORD)
    attempt(other, STAFF_LOGIN, ANA, PASSWORD)

    assert alerts() == [(ana.pk, "device")]
    alert = LoginAlert.objects.get()
    assert (alert.ip, alert.user_agent) == ("127.0.0.1", WINDOWS)
    assert LoginDevice.objects.filter(user=ana).count() == 2


def test_a_cookie_that_we_did_not_give_is_not_adopted(ana, visitor):
    visitor.cookies[DEVICE] = "made-up"
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    assert visitor.cookies[DEVICE].value != "made-up"


def test_colleagues_who_share_a_browser_do_not_make_each_other_strangers(ana, beto, visitor):
    for _round in range(2):
        for member in (ana, beto):
            attempt(visitor, STAFF_LOGIN, member.email, PASSWORD)
    assert alerts() == []


def test_nobody_locks_a_person_out_of_a_browser_of_theirs(ana, visitor, still):
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    fail(Client(), STAFF_LOGIN, ANA, still)

    assert attempt(Client(), STAFF_LOGIN, ANA, PASSWORD) == 429
    assert attempt(visitor, STAFF_LOGIN, ANA, PASSWORD) == 302
    fail(visitor, STAFF_LOGIN, ANA, still)  # but it has no more attempts than any other
    assert attempt(visitor, STAFF_LOGIN, ANA, PASSWORD) == 429


@pytest.fixture
def in_spanish(settings) -> None:
    """The catalogue, which tests are without."""
    compile_all()
    settings.LOCALE_PATHS = [settings.LOCALE_DIR]


@pytest.fixture
def raised(ana: User) -> LoginAlert:
    at = clock.now() - timedelta(minutes=1)
    alert = login_alert_raise(user=ana, kind="device", at=at, ip="203.0.113.7", agent=WINDOWS)
    assert alert is not None
    return alert


@pytest.mark.parametrize(
    ("language", "subject", "button"),
    [
        ("en", "A new log-in to your account", "It was not me"),
        ("es", "Un nuevo ingreso a tu cuenta", "No fui yo"),
    ],
)
def test_the_mail_says_when_where_and_in_what_browser(
    in_spanish, ana, raised, language, subject, button
):
    settle()
    mail = TransactionalMail.objects.get(kind="login_alert_device")
    said, html, text = alert_letter(mail, language=language)
    assert said == subject
    for body in (html, text):
        assert "203.0.113.7" in body
        assert "Firefox, Windows" in body
        assert login_alert_link(raised) in body
        assert button in body


def path_of(alert: LoginAlert) -> str:
    return login_alert_link(alert).removeprefix(live.SITE_URL)


def open_session(user: User, scope: str) -> None:
    store = SessionStore(scope=scope)
    store["_auth_user_id"] = str(user.pk)
    store.save()


def test_it_was_not_me_ends_all_that_somebody_else_may_hold(ana, beto, raised, visitor):
    for member, scope in ((ana, "backoffice"), (ana, "storefront"), (beto, "backoffice")):
        open_session(member, scope)
    LoginDevice.objects.create(user=ana, digest="a" * 64)
    Authenticator.objects.create(user=ana, type="webauthn", data={"name": "de otro"})
    token, _text = token_create(name="De otro", wanted=["customers:read"], by=ana)

    for _look in range(3):
        page = visitor.get(path_of(raised))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store, private"
    assert Session.objects.filter(user=ana).count() == 2
    done = visitor.post(path_of(raised))

    assert "Your account is secured" in done.content.decode()
    assert list(Session.objects.filter(user__isnull=False).values_list("user", flat=True)) == [
        beto.pk
    ]
    assert not LoginDevice.objects.exists()
    assert not Authenticator.objects.exists()
    assert attempt(Client(), STAFF_LOGIN, ANA, PASSWORD) == 422
    asked = OutboxEvent.objects.get(name="customers.account_mail_requested").payload
    assert (asked["kind"], asked["user_id"]) == ("password_link", ana.pk)
    entry = AuditEntry.objects.get(action="customers.user.login_disowned")
    assert entry.subject_id == ana.pk
    assert entry.data == {"kind": "device", "sessions": 2, "factors": 1}
    assert visitor.post(path_of(raised)).status_code == 410
    settle()
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_what_was_there_before_stays(ana, ana_factor, raised, visitor):
    Authenticator.objects.filter(user=ana).update(created_at=raised.at - timedelta(days=1))
    kept = Authenticator.objects.filter(user=ana).count()
    visitor.post(path_of(raised))
    assert Authenticator.objects.filter(user=ana).count() == kept == 2


def test_a_customer_is_led_to_a_page_of_the_shop(carla, visitor):
    alert = login_alert_raise(user=carla, kind="locked", at=clock.now(), ip=None, agent="")
    assert alert is not None
    assert path_of(alert).startswith("/account/alert/")
    assert "Was it not you?" in visitor.get(path_of(alert)).content.decode()
    visitor.post(path_of(alert))
    assert attempt(Client(), SHOP_LOGIN, CARLA, PASSWORD) == 422


@pytest.mark.parametrize("broken", ["forged", "unknown", "old", "inactive"])
def test_a_dead_link_does_nothing(ana, raised, visitor, broken):
    path = path_of(raised)
    if broken == "forged":
        path = path[:-2] + ("0/" if path[-2] != "0" else "1/")
    if broken == "unknown":
        path = path.replace(str(raised.public_id), str(uuid4()))
    if broken == "old":
        LoginAlert.objects.update(at=clock.now() - timedelta(days=7))
    if broken == "inactive":
        User.objects.filter(pk=ana.pk).update(is_active=False)
    before = User.objects.get(pk=ana.pk).password

    assert (visitor.get(path).status_code, visitor.post(path).status_code) == (410, 410)
    assert User.objects.get(pk=ana.pk).password == before


@pytest.mark.django_db
def test_what_is_old_is_forgotten(ana: User, still: time_machine.Traveller):
    LoginAttempts.objects.create(subject="a" * 64)
    LoginDevice.objects.create(user=ana, digest="a" * 64)
    login_alert_raise(user=ana, kind="device", at=clock.now(), ip=None, agent="")
    assert log_ins_tidy() == 0
    still.shift(timedelta(days=401))
    assert log_ins_tidy() == 3


def test_a_changed_password_is_told_and_a_first_one_is_not(carla, make_customer, visitor, ana):
    make_customer("rayen@correo.example", first_name="Rayen")
    first = User(email="nuevo@casaquillay.example", is_staff=True)
    first.set_unusable_password()
    first.save()
    new = {"password": "otra-muy-larga-7", "name": "Nuevo"}
    visitor.post(password_link(first).removeprefix(live.SITE_URL), new)
    assert alerts() == []

    visitor.post(password_link(carla).removeprefix(live.SITE_URL), new)
    assert alerts() == [(carla.pk, "password")]
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    visitor.post("/backoffice/security/password/", {"current": PASSWORD, **new})
    assert alerts() == [(carla.pk, "password"), (ana.pk, "password")]


def test_a_second_factor_that_comes_or_goes_is_told(ana, visitor):
    attempt(visitor, STAFF_LOGIN, ANA, PASSWORD)
    page = visitor.get("/backoffice/security/factor/")
    code = code_of(page.context["secret"].replace(" ", ""))
    visitor.post("/backoffice/security/factor/", {"code": code, "password": PASSWORD})
    visitor.post("/backoffice/security/factor/off/", {"password": PASSWORD})
    assert alerts() == [(ana.pk, "factor")] * 2


@pytest.mark.parametrize("kind", LoginAlert.Kind.values)
def test_every_kind_has_its_words(ana, kind):
    alert = login_alert_raise(user=ana, kind=kind, at=clock.now(), ip=None, agent="")
    assert alert is not None
    settle()
    mail = TransactionalMail.objects.get(kind=f"login_alert_{kind}")
    for language in ("es", "en"):
        subject, html, text = alert_letter(mail, language=language)
        assert subject
        assert login_alert_link(alert) in text
        assert "%(" not in html + text
