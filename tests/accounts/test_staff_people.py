"""Colleagues: the list, the page of each, invitations, and what asks for a new proof."""

import re
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, OutboxEvent
from customers.models import Session, User
from customers.selectors.factors import factor_exists
from customers.services.passwords import password_link
from customers.services.second_factor import factor_activate, factor_secret_new
from customers.services.staff import PROVED_AT, staff_role_set
from customers.services.staff_guards import role_of
from customers.sessions import SessionStore
from messaging.models import TransactionalMail
from messaging.services.account_mails import account_letter
from tests.accounts.conftest import PASSWORD, code_of
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db
PEOPLE = "/backoffice/staff/"
INVITED = {"email": "dora@casaquillay.example", "name": "Dora Nahuel", "role": "sales"}


def give_factor(user: User) -> None:
    secret = factor_secret_new()
    factor_activate(user=user, secret=secret, code=code_of(secret))


def prove(client: Client, *, minutes_ago: int = 0) -> Client:
    """The session of this client gave its password so long ago."""
    session = SessionStore(client.cookies["clientela_staff"].value, scope="backoffice")
    at = clock.now() - timedelta(minutes=minutes_ago)
    session[PROVED_AT] = int(at.timestamp())
    session.save()
    return client


@pytest.fixture
def proved(ana_client: Client) -> Client:
    return prove(ana_client)


def test_the_list_holds_staff_alone_and_filters_them(ana_client, ana, beto, carla):
    give_factor(beto)

    rows = ana_client.get(f"{PEOPLE}?f=1&role=analyst").content.decode()
    assert "beto@casaquillay.example" in rows
    assert "carla@correo.example" not in rows
    without = ana_client.get(f"{PEOPLE}?f=1&factor=no").content.decode()
    assert "beto@casaquillay.example" not in without
    found = ana_client.get(f"{PEOPLE}?q=arriagada&last_login=empty&f=1").content.decode()
    assert "beto@casaquillay.example" in found


def test_the_list_asks_as_much_of_the_database_for_one_as_for_twelve(
    ana_client, django_assert_num_queries
):
    ana_client.get(PEOPLE)
    with CaptureQueriesContext(connection) as few:
        ana_client.get(PEOPLE)
    for number in range(12):
        make_staff(f"p{number}@casaquillay.example", f"P{number}", "sales")

    with django_assert_num_queries(len(few)):
        ana_client.get(PEOPLE)


def test_the_page_of_a_colleague_has_access_sessions_and_deeds(ana_client, ana, beto):
    staff_role_set(user=beto, role="support", by=ana)

    assert b"Support" in ana_client.get(f"{PEOPLE}{beto.pk}/").content
    assert ana_client.get(f"{PEOPLE}{beto.pk}/sessions/").status_code == 200
    deeds = ana_client.get(f"{PEOPLE}{ana.pk}/deeds/").content.decode()
    assert "Role of a member of staff changed" in deeds


def test_a_customer_is_no_colleague(ana_client, carla):
    assert ana_client.get(f"{PEOPLE}{carla.pk}/").status_code == 404
    assert ana_client.post(f"{PEOPLE}{carla.pk}/reactivate/").status_code in {403, 404}


def test_who_may_not_see_staff_is_refused(beto_client, ana):
    assert beto_client.get(PEOPLE).status_code == 403
    assert beto_client.post(f"{PEOPLE}{ana.pk}/deactivate/", {"confirmed": "1"}).status_code == 403


def test_who_is_asked_for_a_proof_can_type_it_at_once(ana_client):
    prove(ana_client, minutes_ago=16)
    page = ana_client.post(f"{PEOPLE}invite/", INVITED).content.decode()
    field = next(tag for tag in re.findall(r"<input[^>]*>", page) if 'name="proof"' in tag)
    assert "autofocus" in field


def test_the_mail_of_an_invitation_says_that_it_is_one(proved):
    """Who was invited asked for nothing, and must not read that they did."""
    proved.post(f"{PEOPLE}invite/", INVITED)
    dora = User.objects.get(email_key=INVITED["email"])
    proved.post(f"{PEOPLE}{dora.pk}/link/", {"confirmed": "1"})
    kinds = OutboxEvent.objects.filter(name="customers.account_mail_requested")
    assert {event.payload["kind"] for event in kinds} == {"staff_invitation"}

    mail = TransactionalMail(kind="staff_invitation", user=dora)
    subject, html, text = account_letter(mail, language="en")
    assert subject == f"An invitation to the team of {settings.SITE_NAME}"
    assert all("you are invited to work at" in body for body in (html, text))
    assert "asked for a link" not in html + text


def test_an_invited_person_sets_a_password_by_the_link_and_comes_in(proved, visitor, mails_due):
    answer = proved.post(f"{PEOPLE}invite/", INVITED)

    dora = User.objects.get(email_key=INVITED["email"])
    assert answer.url == f"{PEOPLE}{dora.pk}/"
    assert (dora.is_staff, role_of(dora), dora.has_usable_password()) == (True, "sales", False)
    link = password_link(dora)
    path = re.sub(r"^https?://[^/]+", "", link)
    assert (
        visitor.post(path, {"name": "Dora", "password": "otra-clave-larga-4"}).url
        == "/backoffice/login/"
    )
    inside = visitor.post(
        "/backoffice/login/", {"email": dora.email, "password": "otra-clave-larga-4"}
    )
    assert inside.url == "/backoffice/"
    assert visitor.post(path, {"password": "otra-clave-larga-5"}).status_code == 410


def test_an_invitation_asks_for_a_mail_and_again_when_sent_again(proved):
    proved.post(f"{PEOPLE}invite/", INVITED)
    dora = User.objects.get(email_key=INVITED["email"])
    proved.post(f"{PEOPLE}{dora.pk}/link/")

    asked = OutboxEvent.objects.filter(name="customers.account_mail_requested")
    assert [one.payload["user_id"] for one in asked] == [dora.pk, dora.pk]


def test_a_revoked_invitation_opens_nothing(proved, visitor):
    proved.post(f"{PEOPLE}invite/", INVITED)
    dora = User.objects.get(email_key=INVITED["email"])
    path = re.sub(r"^https?://[^/]+", "", password_link(dora))

    proved.post(f"{PEOPLE}{dora.pk}/deactivate/", {"confirmed": "1"})

    assert visitor.post(path, {"name": "Dora", "password": "otra-clave-larga-4"}).status_code == 410
    dora.refresh_from_db()
    assert not dora.has_usable_password()


def test_an_invited_person_says_their_own_name(proved, visitor):
    proved.post(f"{PEOPLE}invite/", {**INVITED, "name": ""})
    dora = User.objects.get(email_key=INVITED["email"])
    path = re.sub(r"^https?://[^/]+", "", password_link(dora))
    assert 'name="name"' in visitor.get(path).content.decode()

    nameless = visitor.post(path, {"name": " ", "password": "otra-clave-larga-4"})
    assert nameless.status_code == 422
    assert list(nameless.context["form"].errors) == ["name"]
    assert visitor.post(path, {"name": "Dora Ñancupil", "password": "otra-clave-larga-4"}).url

    dora.refresh_from_db()
    assert (dora.name, dora.has_usable_password()) == ("Dora Ñancupil", True)
    again = visitor.get(re.sub(r"^https?://[^/]+", "", password_link(dora)))
    assert 'name="name"' not in again.content.decode()


def test_inviting_a_colleague_again_says_so_at_the_field(proved, beto):
    answer = proved.post(f"{PEOPLE}invite/", {**INVITED, "email": beto.email})

    assert answer.status_code == 422
    assert "This person is staff already." in answer.content.decode()


def test_a_deactivated_person_is_out_at_once_and_comes_back_with_the_same_role(
    proved, beto, beto_client, staff_password
):
    proved.post(f"{PEOPLE}{beto.pk}/deactivate/", {"confirmed": "1"})

    assert beto_client.get("/backoffice/").status_code == 302
    assert staff_password(beto.email).status_code == 422

    proved.post(f"{PEOPLE}{beto.pk}/reactivate/")

    assert staff_password(beto.email).url == "/backoffice/"
    beto.refresh_from_db()
    assert role_of(beto) == "analyst"
    actions = AuditEntry.objects.filter(subject_id=beto.pk).values_list("action", flat=True)
    assert {"customers.staff.deactivated", "customers.staff.reactivated"} <= set(actions)


@pytest.mark.parametrize(
    ("place", "data"),
    [
        ("deactivate", {"confirmed": "1"}),
        ("factor/off", {"confirmed": "1"}),
        ("role", {"role": "analyst"}),
    ],
)
def test_nobody_locks_themselves_out(proved, ana, place, data):
    make_staff("second@casaquillay.example", "Second", "owner")
    give_factor(ana)

    proved.post(f"{PEOPLE}{ana.pk}/{place}/", data)

    ana.refresh_from_db()
    assert (ana.is_active, role_of(ana), factor_exists(user=ana)) == (True, "owner", True)


def test_a_lost_phone_is_reset_and_the_sessions_end(proved, ana, beto, beto_client):
    give_factor(beto)

    proved.post(f"{PEOPLE}{beto.pk}/factor/off/", {"confirmed": "1"})

    assert not factor_exists(user=beto)
    assert beto_client.get("/backoffice/").status_code == 302
    trail = AuditEntry.objects.filter(
        subject_id=beto.pk, action__startswith="customers.staff.factor"
    )
    assert dict(trail.values_list("action", "actor_id")) == {
        "customers.staff.factor_on": beto.pk,
        "customers.staff.factor_off": ana.pk,
        "customers.staff.factor_reset": ana.pk,
    }


def test_one_session_of_a_colleague_ends_or_all_of_them(proved, beto, beto_client, staff_client):
    other = staff_client(beto)
    handle = re.search(
        r'name="session" value="(\w+)"', proved.get(f"{PEOPLE}{beto.pk}/sessions/").content.decode()
    )
    assert handle
    proved.post(f"{PEOPLE}{beto.pk}/sessions/end/", {"session": handle[1]})
    assert Session.objects.filter(session_key__isnull=False).count() == 2

    proved.post(f"{PEOPLE}{beto.pk}/sessions/end/")

    assert beto_client.get("/backoffice/").status_code == 302
    assert other.get("/backoffice/").status_code == 302
    assert proved.get("/backoffice/").status_code == 200


def test_an_old_session_proves_itself_and_the_action_goes_on_with_what_was_typed(ana_client, beto):
    client, url = prove(ana_client, minutes_ago=16), f"{PEOPLE}{beto.pk}/role/"

    asked = client.post(url, {"role": "support"})
    assert asked.status_code == 403
    assert '<input type="hidden" name="role" value="support">' in asked.content.decode()
    assert role_of(beto) == "analyst"

    wrong = client.post(url, {"role": "support", "proof": "not-this-one"})
    assert wrong.status_code == 422
    assert role_of(beto) == "analyst"
    failed = AuditEntry.objects.get(action="customers.staff.proof_failed")
    assert (failed.actor_label, failed.ip, failed.data) == ("Ana Millaray", "127.0.0.1", {})

    done = client.post(url, {"role": "support", "proof": PASSWORD})
    assert done.headers["location"] == f"{PEOPLE}{beto.pk}/"
    assert role_of(beto) == "support"
    proved = AuditEntry.objects.get(action="customers.staff.proved")
    assert (proved.actor_label, proved.data) == ("Ana Millaray", {"by": "password"})
    assert client.post(url, {"role": "sales"}).status_code == 302
    assert role_of(beto) == "sales"


def test_a_code_of_the_second_factor_proves_it_too(ana_client, ana, ana_factor, beto):
    secret, _codes = ana_factor
    url = f"{PEOPLE}{beto.pk}/role/"

    answer = prove(ana_client, minutes_ago=16).post(
        url, {"role": "support", "proof": code_of(secret)}
    )

    assert answer.status_code == 302
    assert role_of(beto) == "support"


def test_guessing_at_the_proof_ends(ana_client, beto):
    prove(ana_client, minutes_ago=16)
    url = f"{PEOPLE}{beto.pk}/role/"
    answers = [
        ana_client.post(url, {"role": "support", "proof": f"guess-{number}"}).status_code
        for number in range(11)
    ]

    assert answers == [422] * 10 + [429]
    right = ana_client.post(url, {"role": "support", "proof": PASSWORD})
    assert right.status_code == 429
    assert role_of(beto) == "analyst"


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_with_a_factor_who_demote_each_other_one_stays(ana):
    second = make_staff("second@casaquillay.example", "Second", "owner")
    make_staff("third@casaquillay.example", "Third", "owner")
    give_factor(ana)
    give_factor(second)
    gate, refused = threading.Barrier(2), []

    def demote(user: User, by: User) -> None:
        gate.wait()
        try:
            staff_role_set(user=user, role="analyst", by=by)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    pairs = ((ana, second), (second, ana))
    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    owners = User.objects.filter(groups__name="owner", is_active=True)
    assert len(refused) == 1
    assert refused[0] in {"by_gone", "last_owner"}
    assert [one for one in owners if factor_exists(user=one)] in ([ana], [second])
