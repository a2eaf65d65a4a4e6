"""The way into the back office."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as live
from django.test import Client

from config.kit import clock, outbox
from config.kit.models import AuditEntry
from customers.models import Session, User
from customers.services.staff import staff_deactivate
from tests.accounts.conftest import PASSWORD, code_of

ANA = "ana@casaquillay.example"
STAFF = live.STAFF_SESSION_COOKIE_NAME


def plain(html: bytes) -> str:
    """A page without what differs from one request to the next."""
    text = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", html.decode())
    return re.sub(r'name="email" value="[^"]*"', "", text)


def test_password_opens_the_back_office_where_no_factor_is_asked(ana, visitor, staff_password):
    answer = staff_password("  ANA@CasaQuillay.example ")

    assert (answer.status_code, answer.url) == (302, "/backoffice/")
    cookie = answer.cookies[STAFF]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/backoffice/", True, "Lax")
    assert visitor.get("/backoffice/").status_code == 200
    session = Session.objects.get(user=ana)
    assert (session.scope, session.ip) == ("backoffice", "127.0.0.1")
    assert (
        AuditEntry.objects.filter(action="customers.staff.logged_in", actor_id=ana.pk).count() == 1
    )


def test_the_language_of_the_person_follows_the_login(ana, visitor, staff_password):
    assert staff_password(ANA).cookies["language"].value == "es"


@pytest.mark.parametrize(
    ("address", "password"),
    [
        (ANA, "wrong-password-1"),
        ("nobody@casaquillay.example", PASSWORD),
        ("carla@correo.example", PASSWORD),
        ("not an address", PASSWORD),
    ],
)
def test_every_wrong_login_gets_the_same_answer(
    ana, carla, visitor, staff_password, address, password
):
    reference = visitor.post(
        "/backoffice/login/", {"email": "x@y.example", "password": "something-else"}
    )

    answer = staff_password(address, password)

    assert answer.status_code == reference.status_code == 422
    assert plain(answer.content) == plain(reference.content)
    assert "The e-mail or the password is wrong." in answer.content.decode()
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_failed_staff_login_is_in_the_audit_trail(ana, staff_password):
    staff_password(ANA, "wrong-password-1")
    outbox.dispatch()

    entry = AuditEntry.objects.get(action="customers.staff.login_failed")
    assert (entry.subject_id, entry.data["ip"]) == (ana.pk, "127.0.0.1")


def test_spellings_of_one_address_share_one_budget(db, staff_password):
    spellings = ["josé@x.example", "jose@x.example", "JOSÉ@X.example", "ｊｏｓｅ@x.example"]
    with time_machine.travel(clock.now(), tick=False):
        statuses = [
            staff_password(spellings[n % 4], "wrong-password-1").status_code for n in range(6)
        ]

    assert statuses == [422] * 5 + [429]
    assert staff_password("josefa@x.example", "wrong-password-1").status_code == 422


def test_the_right_password_does_not_help_after_too_many_tries(ana, staff_password):
    with time_machine.travel(clock.now(), tick=False):
        for _attempt in range(5):
            staff_password(ANA, "wrong-password-1")
        answer = staff_password(ANA)

    assert answer.status_code == 429
    assert "Too many attempts. Wait" in answer.content.decode()


def test_tries_from_one_place_are_limited_whatever_a_header_says(db, visitor):
    statuses = [
        visitor.post(
            "/backoffice/login/",
            {"email": f"{n}@x.example", "password": "wrong-password-1"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        ).status_code
        for n in range(101)
    ]

    assert statuses == [422] * 100 + [429]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/backoffice/customers/?q=x", "/backoffice/customers/?q=x"),
        ("//evil.example/backoffice/", "/backoffice/"),
        ("https://evil.example/backoffice/", "/backoffice/"),
        ("/\\evil.example", "/backoffice/"),
        ("javascript:alert(1)", "/backoffice/"),
        ("/account/", "/backoffice/"),
        ("/backoffice/../account/", "/backoffice/"),
        ("/backoffice/\r\nSet-Cookie: a=b", "/backoffice/"),
    ],
)
def test_next_leads_only_into_the_back_office(ana, staff_password, target, expected):
    assert staff_password(ANA, next=target).url == expected


@pytest.mark.parametrize("address", ["/backoffice/", "/backoffice/security/"])
def test_after_the_password_alone_nothing_is_open(ana_factor, visitor, staff_password, address):
    answer = staff_password(ANA, next="/backoffice/security/")

    assert answer.url == "/backoffice/login/code/"
    assert visitor.get(address).status_code == 302
    assert not Session.objects.filter(user__isnull=False).exists()


def test_the_code_of_the_phone_opens_it_once(ana, ana_factor, visitor, staff_password):
    secret, _codes = ana_factor
    staff_password(ANA, next="/backoffice/security/")
    waiting = visitor.cookies[STAFF].value

    answer = visitor.post("/backoffice/login/code/", {"code": code_of(secret)})

    assert (answer.status_code, answer.url) == (302, "/backoffice/security/")
    assert visitor.cookies[STAFF].value != waiting
    assert not Session.objects.filter(session_key=waiting).exists()
    assert visitor.get("/backoffice/security/").status_code == 200

    other = Client()
    other.post("/backoffice/login/", {"email": ANA, "password": PASSWORD})
    again = other.post("/backoffice/login/code/", {"code": code_of(secret)})
    assert again.status_code == 422
    failed = AuditEntry.objects.get(action="customers.staff.code_failed")
    assert (failed.actor_id, failed.subject_id, failed.ip) == (None, ana.pk, "127.0.0.1")
    assert other.get("/backoffice/").status_code == 302


def test_a_recovery_code_opens_it_once(ana_factor, visitor, staff_password):
    _secret, codes = ana_factor
    staff_password(ANA)
    spaced = f"{codes[3][:4]} {codes[3][4:]}"

    assert visitor.post("/backoffice/login/code/", {"code": spaced}).status_code == 302

    staff_password(ANA)
    assert visitor.post("/backoffice/login/code/", {"code": codes[3]}).status_code == 422
    assert visitor.post("/backoffice/login/code/", {"code": codes[4]}).status_code == 302


def test_codes_cannot_be_guessed_for_long(ana_factor, visitor, staff_password):
    secret, _codes = ana_factor
    staff_password(ANA)
    with time_machine.travel(clock.now(), tick=False):
        for _attempt in range(5):
            visitor.post("/backoffice/login/code/", {"code": "000000"})
        answer = visitor.post("/backoffice/login/code/", {"code": code_of(secret)})

    assert answer.status_code == 429
    assert not Session.objects.filter(user__isnull=False).exists()


def test_the_second_step_does_not_wait_for_ever(ana_factor, visitor, staff_password):
    secret, _codes = ana_factor
    with time_machine.travel(clock.now(), tick=False) as now:
        staff_password(ANA)
        now.shift(timedelta(minutes=16))
        answer = visitor.post("/backoffice/login/code/", {"code": code_of(secret)})

    assert (answer.status_code, answer.url) == (302, "/backoffice/login/")


def test_a_new_password_ends_the_waiting(ana, ana_factor, visitor, staff_password):
    secret, _codes = ana_factor
    staff_password(ANA)
    ana.set_password("another-long-one-3")
    ana.save()

    answer = visitor.post("/backoffice/login/code/", {"code": code_of(secret)})

    assert answer.url == "/backoffice/login/"


@pytest.mark.parametrize("step", ["code/", "factor/"])
def test_no_step_can_be_reached_without_the_password(ana, visitor, step):
    assert visitor.get(f"/backoffice/login/{step}").url == "/backoffice/login/"
    assert visitor.post(f"/backoffice/login/{step}", {"code": "123456"}).url == "/backoffice/login/"


def test_where_a_factor_is_required_it_is_set_up_first(ana, visitor, staff_password, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True

    assert staff_password(ANA, next="/backoffice/security/").url == "/backoffice/login/factor/"
    page = visitor.get("/backoffice/login/factor/")
    secret = page.context["secret"].replace(" ", "")
    picture = visitor.get("/backoffice/login/factor/qr.svg")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert picture.content.startswith(b"<svg") or b"<svg" in picture.content[:200]
    assert visitor.get("/backoffice/").status_code == 302

    wrong = visitor.post("/backoffice/login/factor/", {"code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["secret"].replace(" ", "") == secret
    right = visitor.post("/backoffice/login/factor/", {"code": code_of(secret)})
    assert (right.status_code, len(right.context["codes"])) == (200, 10)
    assert right.context["next"] == "/backoffice/security/"
    assert visitor.get("/backoffice/").status_code == 200
    assert visitor.get("/backoffice/login/factor/qr.svg").status_code == 404


def test_a_deactivated_member_of_staff_is_out_on_the_next_request(ana, beto, staff_client):
    client = staff_client(beto)
    assert client.get("/backoffice/").status_code == 200

    staff_deactivate(user=beto, by=ana)

    assert client.get("/backoffice/").status_code == 302
    assert not Session.objects.filter(user=beto).exists()


def test_is_active_alone_locks_out_too(beto, beto_client):
    User.objects.filter(pk=beto.pk).update(is_active=False)

    assert beto_client.get("/backoffice/").status_code == 302


def test_logging_out_needs_a_post_and_ends_the_session_itself(ana, ana_client):
    assert ana_client.get("/backoffice/logout/").status_code == 405
    key = ana_client.cookies[STAFF].value

    assert ana_client.post("/backoffice/logout/").url == "/backoffice/login/"

    assert not Session.objects.filter(session_key=key).exists()
    ana_client.cookies[STAFF] = key
    assert ana_client.get("/backoffice/").status_code == 302


def test_htmx_is_sent_to_the_login_as_a_whole_page(ana, visitor):
    answer = visitor.get("/backoffice/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/backoffice/login/")


@pytest.mark.parametrize(
    "address",
    [
        "/backoffice/login/",
        "/backoffice/login/code/",
        "/backoffice/login/password/",
        "/backoffice/logout/",
        "/backoffice/security/password/",
        "/account/login/",
        "/account/logout/",
        "/account/password/",
        "/account/consents/",
        "/account/data/",
    ],
)
def test_posts_without_a_token_are_refused(ana, address):
    client = Client(enforce_csrf_checks=True)

    assert client.post(address, {"email": ANA, "password": PASSWORD}).status_code == 403


def test_login_pages_are_not_kept_and_not_framed(ana, visitor):
    answer = visitor.get("/backoffice/login/")

    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
