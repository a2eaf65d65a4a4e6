"""How long the words of mails to one person are kept: chosen, shown before, and then gone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.kit import clock
from customers.models import Customer
from customers.privacy.retention import retention_run_due, retention_set, retention_state
from customers.privacy.services import hold_lift, hold_place
from messaging.models import Delivery, TransactionalMail

pytestmark = [pytest.mark.feature("E40", "J24"), pytest.mark.django_db]


@pytest.fixture
def mail(make_customer):
    """Made a letter to somebody, so many days ago."""

    def make(days: int, state: str = "accepted", person: Customer | None = None, **values):
        at = clock.now() - timedelta(days=days)
        to = person or make_customer(f"persona{days}{state}@correo.example")
        delivery = Delivery.objects.create(
            created_at=at, customer=to, kind="transactional", state=state, address=to.email
        )
        words = {"subject": "Tu mesa", "html": "<p>Llegó.</p>", "text": "Llegó."} | values
        return TransactionalMail.objects.create(
            delivery_id=delivery.pk, kind="letter", customer=to, created_at=at, **words
        )

    return make


def left() -> set[int]:
    return set(TransactionalMail.objects.exclude(html="").values_list("pk", flat=True))


def test_words_go_after_their_days_and_the_log_stays(mail, ana_client):
    old, fresh = mail(91), mail(89)
    secret = mail(200, subject="", html="", text="")
    retention_set(days={"mail_bodies": 90})
    state = {one.key: one for one in retention_state()}["mail_bodies"]
    assert state.over is not None
    assert state.over.number == 1
    assert retention_run_due()["mail_bodies"] == 1
    old.refresh_from_db()
    assert (old.subject, old.html, old.text) == ("Tu mesa", "", "")
    assert left() == {fresh.pk}
    assert retention_run_due()["mail_bodies"] == 0
    page = ana_client.get(reverse("messaging:message", args=[old.delivery_id])).content.decode()
    assert "Its words were removed after the time that staff chose." in page
    log = ana_client.get(reverse("customers:panel", args=[old.customer.public_id, "messages"]))
    assert "Tu mesa" in log.content.decode()
    page = ana_client.get(reverse("messaging:message", args=[secret.delivery_id])).content.decode()
    assert "The content of this mail is not kept." in page


def test_what_still_waits_to_be_sent_keeps_its_words(mail):
    waiting = mail(400, "pending")
    retention_set(days={"mail_bodies": 30})
    assert retention_run_due()["mail_bodies"] == 0
    assert left() == {waiting.pk}


def test_a_legal_hold_keeps_the_words_of_its_person(mail, make_customer):
    held = make_customer("juicio@correo.example")
    kept = mail(400, person=held)
    hold = hold_place(customer=held, reason="A claim")
    retention_set(days={"mail_bodies": 30})
    assert retention_run_due()["mail_bodies"] == 0
    assert left() == {kept.pk}
    hold_lift(hold=hold)
    assert retention_run_due()["mail_bodies"] == 1


def test_the_page_shows_how_many_would_go_and_keeps_at_least_a_month(mail, ana_client):
    mail(91)
    url = reverse("customers:retention")
    page = ana_client.post(url, {"mail_bodies": "90"}).content.decode()
    assert "1 entry would go today." in page
    refused = ana_client.post(reverse("customers:retention_save"), {"mail_bodies": "29"})
    assert refused.status_code == 422
    assert 'id="id_mail_bodies_error"' in refused.content.decode()
