"""Moving a person to another e-mail: two proofs, the dead mailbox, whose it is, undo."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.kit import clock, outbox
from config.kit.models import AuditEntry, Notice
from customers.models import Customer, CustomerEmail, EmailMove, Session, Suppression, User
from customers.selectors.accounts import owner_of_address
from customers.selectors.gate import may_send
from customers.services.consent import consent_record
from customers.services.email_moves import email_moves_run_due
from customers.services.passwords import password_link
from messaging.models import Delivery, TransactionalMail
from messaging.services.move_mails import move_letter
from tests.answers import Answer
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.feature("E30"), pytest.mark.django_db]
OLD, NEW = "carla@correo.example", "carla.nueva@correo.example"


@pytest.fixture
def visitor() -> Client:
    client = Client()
    client.cookies["language"] = "en"
    return client


def mails() -> dict[str, tuple[str, str]]:
    """By kind, the address and the link of each mail that is due; read once."""
    outbox.dispatch()
    found = {}
    for mail in TransactionalMail.objects.filter(kind__startswith="email_move_").order_by("id"):
        delivery = Delivery.objects.get(pk=mail.delivery_id)
        text = move_letter(mail, language="en")[2]
        link = re.search(r"https?://\S+(/account/email/\S+)", text)
        found[mail.kind.removeprefix("email_move_")] = (
            delivery.address,
            link[1] if link else "",
        )
        mail.delete()
    return found


def ask(client: Client, address: str = NEW, password: str = PASSWORD) -> Answer:
    return client.post(reverse("account:email"), {"address": address, "password": password})


def staff_ask(client: Client, customer: Customer, address: str = NEW, **more: str) -> Answer:
    url = reverse("customers:email_move", args=[customer.public_id])
    return client.post(url, {"address": address, "keeps_old": "on", **more})


@pytest.fixture
def person(carla: User) -> Customer:
    return carla.customer


def test_both_ends_say_yes_and_everything_moves(person, carla, carla_client, visitor):
    consent_record(customer=person, channel="email", value="granted", source="form")
    Suppression.objects.create(address_key=OLD, reason="hard_bounce")
    reset = password_link(carla)
    assert ask(carla_client).status_code == 302
    sent = mails()
    assert {kind: to for kind, (to, _link) in sent.items()} == {"prove_new": NEW, "ask_old": OLD}
    for _look in range(2):
        assert visitor.get(sent["prove_new"][1]).status_code == 200
        visitor.get(sent["ask_old"][1])
    assert EmailMove.objects.get().new_proved_at is None
    visitor.post(sent["prove_new"][1], {"answer": "yes"})
    assert Customer.objects.get(pk=person.pk).email == OLD
    page = visitor.post(sent["ask_old"][1], {"answer": "yes"}).content.decode()
    assert "take it back here" in page

    moved = Customer.objects.get(pk=person.pk)
    assert moved.user is not None
    assert (moved.email, moved.user.email) == (NEW, NEW)
    assert moved.verified_at is not None
    assert owner_of_address(OLD)[1] == moved
    assert may_send(moved, channel="email", purpose="marketing").allowed
    assert Suppression.objects.get().address_key == OLD
    assert not Session.objects.filter(user=carla, scope="storefront").exists()
    assert visitor.get(reset.removeprefix(settings.SITE_URL)).status_code == 410
    assert mails().keys() == {"done_new", "done_old"}
    login = {"email": NEW, "password": PASSWORD}
    assert visitor.post("/account/login/", login).status_code == 302
    actions = AuditEntry.objects.filter(action__contains="email_move").order_by("id")
    assert [one.rpartition(".")[2] for one in actions.values_list("action", flat=True)] == [
        "email_move_asked",
        "email_move_proved_new",
        "email_move_proved_old",
        "email_move_done",
    ]


def test_one_link_proves_nothing_for_the_other_end(person, carla_client, visitor):
    ask(carla_client)
    link = mails()["prove_new"][1]
    assert visitor.post(link.replace("/new/", "/old/"), {"answer": "yes"}).status_code == 410
    other = "1" if link[-2] == "0" else "0"
    assert visitor.post(f"{link[:-2]}{other}/", {"answer": "yes"}).status_code == 410
    move = EmailMove.objects.get()
    assert (move.old_proved_at, move.new_proved_at) == (None, None)


def test_who_did_not_ask_stops_it_and_afterwards_takes_it_back(person, carla_client, visitor):
    ask(carla_client)
    visitor.post(mails()["ask_old"][1], {"answer": "no"})
    assert EmailMove.objects.get().state == "refused"
    ask(carla_client)
    sent = mails()
    for kind in ("ask_old", "prove_new"):
        visitor.post(sent[kind][1], {"answer": "yes"})
    carla_client.force_login(User.objects.get(email=NEW))
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        visitor.post(mails()["done_old"][1], {"answer": "no"})
    back = Customer.objects.get(pk=person.pk)
    assert back.user is not None
    assert (back.email, back.user.email, back.verified_at) == (OLD, OLD, person.verified_at)
    assert list(CustomerEmail.objects.values_list("address", flat=True)) == [OLD]
    assert not Session.objects.filter(scope="storefront").exists()
    assert mails().keys() == {"undone_old", "undone_new"}


def test_nothing_happens_without_the_password_or_twice_at_once(person, carla_client):
    assert ask(carla_client, password="otra-cosa-1").status_code == 422
    assert ask(carla_client, address=OLD).status_code == 422
    assert ask(carla_client, address="sin arroba").status_code == 422
    assert not EmailMove.objects.exists()
    ask(carla_client)
    assert ask(carla_client, address="tercera@correo.example").status_code == 422
    carla_client.post(reverse("account:email_cancel"))
    assert EmailMove.objects.get().state == "cancelled"


def test_a_stranger_learns_nothing_of_an_address_that_is_known(
    person, carla_client, make_customer, visitor
):
    make_customer(NEW, first_name="Rosa")
    answer = ask(carla_client)
    assert answer.status_code == 302
    page = carla_client.get(reverse("account:email")).content.decode()
    assert "Rosa" not in page
    sent = mails()
    assert sent["taken"] == (NEW, "")
    assert "prove_new" not in sent


def test_staff_are_offered_the_merge(person, ana_client, make_customer):
    other = make_customer(NEW, first_name="Rosa")
    answer = staff_ask(ana_client, person)
    assert answer.status_code == 422
    merge = reverse("customers:merge", args=[person.public_id, other.public_id])
    assert merge in answer.content.decode()
    assert not EmailMove.objects.exists()


def test_a_dead_mailbox_takes_evidence_and_three_days(person, ana_client, ana, visitor):
    assert staff_ask(ana_client, person, is_dead="on").status_code == 422
    staff_ask(ana_client, person, is_dead="on", evidence="Cédula en mano")
    sent = mails()
    assert {kind: to for kind, (to, _link) in sent.items()} == {"prove_new": NEW, "tell_old": OLD}
    visitor.post(sent["prove_new"][1], {"answer": "yes"})
    visitor.post(sent["tell_old"][1], {"answer": "yes"})
    now = clock.now()
    with time_machine.travel(now + timedelta(days=2, hours=23), tick=False):
        assert email_moves_run_due() == 0
    with time_machine.travel(now + timedelta(days=3, minutes=1), tick=False):
        assert email_moves_run_due() == 1
        assert email_moves_run_due() == 0
        assert mails()["done_old"] == (OLD, "")
    assert Customer.objects.get(pk=person.pk).email == NEW


def letters() -> dict[str, str]:
    outbox.dispatch()
    rows = TransactionalMail.objects.filter(kind__startswith="email_move_")
    return {
        row.kind.removeprefix("email_move_"): move_letter(row, language="en")[2] for row in rows
    }


def test_mails_say_who_asked_the_person_or_our_team_for_them(
    person, ana_client, carla_client, visitor
):
    ask(carla_client)
    sent = mails()
    visitor.post(sent["prove_new"][1], {"answer": "yes"})
    visitor.post(sent["ask_old"][1], {"answer": "yes"})
    own = letters()["done_old"]
    assert "If it was not you" in own
    assert "our team" not in own
    TransactionalMail.objects.all().delete()

    staff_ask(ana_client, person, address="otra@correo.example")
    assert "as you told our team" in letters()["ask_old"]
    sent = mails()
    visitor.post(sent["prove_new"][1], {"answer": "yes"})
    page = visitor.post(sent["ask_old"][1], {"answer": "yes"}).content.decode()
    assert "Our team moved your account" in page
    theirs = letters()["done_old"]
    assert "our team moved your account" in theirs
    assert "I did not ask for this" in theirs
    assert "it was not you" not in theirs.lower()


def test_a_dead_mailbox_that_objects_tells_the_colleague(person, ana_client, ana, visitor):
    staff_ask(ana_client, person, is_dead="on", evidence="Llamada")
    visitor.post(mails()["tell_old"][1], {"answer": "no"})
    assert EmailMove.objects.get().state == "refused"
    assert Notice.objects.get(user=ana).title == "A change of e-mail was refused by mail"


def test_what_nobody_answers_ends_after_a_week(person, carla_client):
    ask(carla_client)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert email_moves_run_due() == 1
    assert EmailMove.objects.get().state == "expired"
    assert Customer.objects.get(pk=person.pk).email == OLD


def test_staff_undo_until_the_old_address_is_somebody_elses(
    person, ana_client, visitor, make_customer
):
    staff_ask(ana_client, person, keeps_old="")
    sent = mails()
    for kind in ("ask_old", "prove_new"):
        visitor.post(sent[kind][1], {"answer": "yes"})
    assert owner_of_address(OLD) == (None, None)
    move = EmailMove.objects.get()
    undo = reverse("customers:email_move_act", args=[person.public_id, move.public_id, "undo"])
    stranger = make_customer(OLD, first_name="Rosa")
    page = ana_client.post(undo, follow=True).content.decode()
    assert "It already belongs to Rosa." in page
    stranger.delete()
    ana_client.post(undo)
    assert Customer.objects.get(pk=person.pk).email == OLD


def test_an_address_taken_meanwhile_changes_nothing_and_names_nobody(
    person, carla_client, visitor, make_customer
):
    ask(carla_client)
    sent = mails()
    visitor.post(sent["ask_old"][1], {"answer": "yes"})
    make_customer(NEW, first_name="Rosa")
    answer = visitor.post(sent["prove_new"][1], {"answer": "yes"})
    assert answer.status_code == 410
    assert "Rosa" not in answer.content.decode()
    assert Customer.objects.get(pk=person.pk).email == OLD


def test_a_block_of_the_old_address_does_not_hold_up_the_mail_to_the_new_one(person, carla_client):
    Suppression.objects.create(address_key=OLD, reason="hard_bounce")
    ask(carla_client)
    outbox.dispatch()
    found = dict(Delivery.objects.values_list("address", "reason"))
    assert found == {NEW: "", OLD: "suppressed"}


def test_who_may_not_move_addresses_sees_no_button(person, beto_client):
    tab = reverse("customers:panel", args=[person.public_id, "email"])
    assert "Move to another e-mail" not in beto_client.get(tab).content.decode()
    assert staff_ask(beto_client, person).status_code == 403
    assert not EmailMove.objects.exists()
