"""What nobody needs any more goes by itself, after a look at what that would be."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import Customer, Erasure, RetentionPolicy
from customers.privacy import own_retention
from customers.privacy.own_retention import quiet_leads_about
from customers.privacy.retention import (
    LOCK,
    UNLOCK,
    Over,
    retention,
    retention_run_due,
    retention_set,
    retention_state,
)
from customers.privacy.services import erasure_run, hold_place
from customers.services.activity import activity_record
from customers.services.status import customer_trash

pytestmark = [pytest.mark.feature("J24", "O21"), pytest.mark.django_db]
URL = "customers:retention"


@pytest.fixture
def trashed(make_customer: Callable[..., Customer]) -> Callable[[str, int], Customer]:
    """Made a record that has been in the trash for so many days."""

    def make(email: str, days: int) -> Customer:
        person = customer_trash(customer=make_customer(email))
        since = clock.now() - timedelta(days=days)
        Customer.objects.filter(pk=person.pk).update(trashed_at=since)
        return person

    return make


@pytest.fixture
def lead(make_customer: Callable[..., Customer]) -> Callable[[str, int], Customer]:
    """Made a lead who registered so many days ago."""

    def make(email: str, days: int) -> Customer:
        person = make_customer(email)
        since = clock.now() - timedelta(days=days)
        Customer.objects.filter(pk=person.pk).update(lifecycle="lead", registered_at=since)
        return person

    return make


def over() -> dict[str, int | None]:
    return {one.key: one.over.number if one.over else None for one in retention_state()}


def test_nothing_goes_while_no_days_are_set(trashed):
    person = trashed("old@correo.example", 4000)
    assert over() == dict.fromkeys(retention)
    assert retention_run_due() == dict.fromkeys(retention, 0)
    person.refresh_from_db()
    assert person.erased_at is None


def test_the_trash_is_erased_after_its_days_with_a_certificate(trashed):
    old, fresh = trashed("old@correo.example", 31), trashed("fresh@correo.example", 29)
    retention_set(days={"trash": 30})
    assert over()["trash"] == 1
    assert retention_run_due()["trash"] == 1
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.erased_at is not None, old.email, fresh.erased_at) == (True, "", None)
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.ground, erasure.customer_id) == ("done", "purpose", old.pk)
    entry = AuditEntry.objects.get(action="customers.retention.ran")
    assert entry.data == {"class": "trash", "days": 30, "rows": 1}
    assert retention_run_due()["trash"] == 0
    assert RetentionPolicy.objects.get(key="trash").last_count == 0


def test_whom_a_hold_keeps_is_neither_counted_nor_erased(trashed):
    held = trashed("held@correo.example", 90)
    hold_place(customer=held, reason="A claim")
    retention_set(days={"trash": 30})
    assert over()["trash"] == 0
    assert retention_run_due()["trash"] == 0
    held.refresh_from_db()
    assert held.erased_at is None


def test_leads_who_never_came_back_go_to_the_trash_and_can_be_taken_out(lead, make_customer):
    quiet, opened, fresh = (
        lead("quiet@correo.example", 400),
        lead("opened@correo.example", 400),
        lead("fresh@correo.example", 100),
    )
    buyer = make_customer("buyer@correo.example", lifecycle="customer")
    Customer.objects.filter(pk=buyer.pk).update(registered_at=clock.now() - timedelta(days=400))
    now = clock.now()
    activity_record(customer_id=opened.pk, kind="email_opened", at=now - timedelta(days=10))
    activity_record(customer_id=quiet.pk, kind="email_sent", at=now - timedelta(days=10))
    activity_record(customer_id=quiet.pk, kind="login", at=now - timedelta(days=399))
    retention_set(days={"leads": 365})
    assert retention_run_due() == {**dict.fromkeys(retention, 0), "leads": 1}
    trashed = set(Customer.objects.trashed().values_list("email", flat=True))
    assert trashed == {"quiet@correo.example"}
    assert {opened.pk, fresh.pk, buyer.pk} <= set(
        Customer.objects.live().values_list("pk", flat=True)
    )


def test_of_many_leads_a_sample_tells_about_how_many_are_silent(lead):
    people = [lead(f"lead{n}@correo.example", 400) for n in range(40)]
    moment = clock.now() - timedelta(days=1)
    for person in people[::2]:
        activity_record(customer_id=person.pk, kind="login", at=moment)
    before = clock.now() - timedelta(days=365)
    newest = max(person.pk for person in people)
    assert quiet_leads_about(before, sample=newest) == Over(number=20)
    guess = quiet_leads_about(before, sample=newest // 3)
    every = newest // (newest // 3)
    found = sum(1 for one in people[1::2] if one.pk % every == 0)
    assert guess == Over(number=found * every, is_exact=False)


@pytest.mark.parametrize("days", [0, 6, 36_501])
def test_days_that_are_too_few_or_too_many_change_nothing(days):
    retention_set(days={"trash": 30})
    with pytest.raises(DomainError) as refused:
        retention_set(days={"leads": 90, "trash": days})
    assert (refused.value.code, refused.value.field) == ("retention_days", "trash")
    assert {one.key: one.days for one in retention_state() if one.days} == {"trash": 30}


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_a_policy_alone_that_one_works_on(trashed):
    trashed("old@correo.example", 31)
    retention_set(days={"trash": 30})
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(LOCK, ["trash"])
            assert retention_run_due()["trash"] == 0
            cursor.execute(UNLOCK, ["trash"])
    finally:
        other.close()
    assert retention_run_due()["trash"] == 1


@pytest.mark.django_db(transaction=True)
def test_who_went_stays_gone_when_a_worker_dies_at_the_next_one(trashed, monkeypatch):
    first, second = trashed("first@correo.example", 40), trashed("second@correo.example", 31)
    retention_set(days={"trash": 30})

    def killed(erasure: Erasure) -> Erasure:
        if erasure.customer_id == second.pk:
            raise SystemExit
        return erasure_run(erasure=erasure)

    monkeypatch.setattr(own_retention, "erasure_run", killed)
    with pytest.raises(SystemExit):
        retention_run_due()
    erased = Customer.objects.filter(erased_at__isnull=False)
    assert list(erased.values_list("pk", flat=True)) == [first.pk]
    monkeypatch.undo()
    assert retention_run_due()["trash"] == 1


def test_the_page_shows_what_would_go_before_anything_is_saved(ana_client, trashed):
    trashed("old@correo.example", 31)
    shown = ana_client.post(reverse(URL), {"trash": "30", "leads": ""})
    assert "1 person would go today." in shown.content.decode()
    assert not RetentionPolicy.objects.exists()
    saved = ana_client.post(reverse("customers:retention_save"), {"trash": "30", "leads": ""})
    assert saved.status_code == 302
    assert RetentionPolicy.objects.get(key="trash").days == 30
    assert AuditEntry.objects.get(action="customers.retention.changed").data == {
        "class": "trash",
        "before": None,
        "after": 30,
    }
    assert 'value="30"' in ana_client.get(reverse(URL)).content.decode()


def test_a_wrong_number_is_told_at_its_field_and_nothing_is_saved(ana_client):
    answer = ana_client.post(reverse("customers:retention_save"), {"trash": "3", "leads": "90"})
    assert answer.status_code == 422
    assert 'id="id_trash_error"' in answer.content.decode()
    assert not RetentionPolicy.objects.exists()
