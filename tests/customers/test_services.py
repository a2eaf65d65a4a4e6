"""The services of a record: what they write, what they refuse, and that races end well."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils.translation import override

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, AuditValues, OutboxEvent
from customers.models import Activity, Customer, CustomField, CustomValue, Session, Tag, User
from customers.services.contact_points import email_alias_add, external_id_add
from customers.services.custom_fields import (
    custom_field_create,
    custom_field_disable,
    custom_field_update,
)
from customers.services.notes import note_add, note_delete, note_edit
from customers.services.profile import customer_create, customer_update
from customers.services.status import (
    customer_activate,
    customer_deactivate,
    customer_disable,
    customer_restore,
    customer_trash,
    customers_reactivate_due,
)
from customers.services.tags import tag_add, tag_add_many, tag_delete, tag_remove


@pytest.mark.feature("US04", "US07")
def test_creating_leaves_an_audit_row_an_activity_and_an_event(ana):
    customer = customer_create(profile={"email": "a@correo.example"}, by=ana)
    entry = AuditEntry.objects.get(action="customers.customer.created")
    assert (entry.actor_id, entry.subject_id) == (ana.pk, customer.pk)
    assert AuditValues.objects.get(entry_id=entry.pk).after["email"] == "a@correo.example"
    activity = Activity.objects.get(customer=customer)
    assert (activity.kind, activity.actor_id) == ("customer_created", ana.pk)
    event = OutboxEvent.objects.get(name="customers.customer_created")
    assert event.payload == {"customer_id": customer.pk}


@pytest.mark.feature("US12", "US07")
def test_an_edit_keeps_personal_values_out_of_the_activity(ana):
    customer = customer_create(profile={"email": "a@correo.example", "city": "Talca"})
    customer_update(
        customer=customer, version=1, profile={"city": "Curicó", "first_name": "Ana"}, by=ana
    )
    activity = Activity.objects.get(customer=customer, kind="profile_updated")
    assert activity.data == {"fields": ["first_name", "city"]}
    entry = AuditEntry.objects.get(action="customers.customer.updated")
    values = AuditValues.objects.get(entry_id=entry.pk)
    assert activity.object_id == entry.pk
    assert (values.before, values.after) == (
        {"first_name": "", "city": "Talca"},
        {"first_name": "Ana", "city": "Curicó"},
    )


@pytest.mark.feature("US12")
def test_saving_what_stands_there_already_writes_nothing(ana):
    customer = customer_create(profile={"email": "a@correo.example", "city": "Talca"})
    customer_update(customer=customer, version=1, profile={"city": "Talca"}, by=ana)
    customer.refresh_from_db()
    assert customer.version == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.feature("US12")
def test_an_old_version_is_refused_and_changes_nothing(ana):
    customer = customer_create(profile={"email": "a@correo.example", "city": "Talca"})
    customer_update(customer=customer, version=1, profile={"city": "Curicó"}, by=ana)
    with pytest.raises(DomainError) as refusal:
        customer_update(customer=customer, version=1, profile={"city": "Linares"}, by=ana)
    assert (refusal.value.code, refusal.value.data) == ("version_conflict", {"version": 2})
    customer.refresh_from_db()
    assert customer.city == "Curicó"


@pytest.mark.feature("E3")
def test_an_alias_is_as_taken_as_a_first_address(db):
    holder = customer_create(profile={"email": "a@correo.example", "first_name": "Rayén"})
    email_alias_add(customer=holder, address="Alias@correo.example")
    with pytest.raises(DomainError) as refusal:
        customer_create(profile={"email": "alias@CORREO.example"})
    assert refusal.value.field == "email"
    assert refusal.value.data == {"holder": str(holder.public_id), "holder_name": "Rayén"}
    assert Customer.objects.count() == 1


@pytest.mark.feature("E3", "O22")
def test_a_record_in_the_trash_keeps_its_email(db):
    customer_trash(customer=customer_create(profile={"email": "a@correo.example"}))
    with pytest.raises(DomainError, match="email_taken"):
        customer_create(profile={"email": "a@correo.example"})


@pytest.mark.feature("E3", "US03")
def test_a_new_email_is_not_verified_and_the_log_in_follows_it(carla):
    customer = carla.customer
    customer_update(customer=customer, version=1, profile={"email": "nueva@correo.example"})
    customer.refresh_from_db()
    carla.refresh_from_db()
    assert customer.verified_at is None
    assert (carla.email, carla.email_key) == ("nueva@correo.example", "nueva@correo.example")
    assert [row.address for row in customer.emails.all()] == ["nueva@correo.example"]


@pytest.mark.feature("E3")
def test_the_log_in_of_staff_does_not_follow_the_record(ana):
    customer = customer_create(profile={"email": "casa@correo.example"})
    Customer.objects.filter(pk=customer.pk).update(user=ana)
    customer_update(customer=customer, version=1, profile={"email": "otra@correo.example"})
    ana.refresh_from_db()
    assert ana.email == "ana@casaquillay.example"


@pytest.mark.feature("M14", "E7")
def test_the_last_identifying_datum_stays(db):
    customer = customer_create(profile={}, external_id=("POS", "17"))
    assert customer.external_ids.get().value == "17"
    other = customer_create(profile={"phone": "+56984123390"})
    with pytest.raises(DomainError, match="customer_needs_identity"):
        customer_update(customer=other, version=1, profile={"phone": ""})
    with pytest.raises(DomainError, match="external_id_taken"):
        external_id_add(customer=other, system="POS", value="17")


@pytest.mark.feature("US02", "E19")
def test_deactivating_ends_every_session(carla):
    Session.objects.create(
        session_key="k", session_data="x", expire_date=clock.now() + timedelta(1), user=carla
    )
    customer_deactivate(customer=carla.customer, reason="Pausa")
    assert not Session.objects.filter(user=carla).exists()
    row = Activity.objects.get(kind="status_changed")
    assert row.data == {"from": "active", "to": "deactivated", "reason": "Pausa"}


@pytest.mark.feature("E19")
def test_disabled_is_left_only_with_a_reason(db):
    customer = customer_create(profile={"email": "a@correo.example"})
    with pytest.raises(DomainError, match="reason_missing"):
        customer_disable(customer=customer, reason=" ")
    customer_disable(customer=customer, reason="Fraude")
    with pytest.raises(DomainError, match="customer_is_disabled"):
        customer_deactivate(customer=customer)
    with pytest.raises(DomainError, match="reason_missing"):
        customer_activate(customer=customer)
    assert customer_activate(customer=customer, reason="Se aclaró").status == "active"


@pytest.mark.feature("E19")
def test_a_deactivation_ends_on_its_day(db):
    customer = customer_create(profile={"email": "a@correo.example"})
    customer_deactivate(customer=customer, until=clock.now() + timedelta(hours=1))
    assert customers_reactivate_due() == 0
    Customer.objects.update(status_until=clock.now() - timedelta(minutes=1))
    assert customers_reactivate_due() == 1
    customer.refresh_from_db()
    assert (customer.status, customer.status_until) == ("active", None)


@pytest.mark.feature("O22")
def test_the_trash_gives_back_what_it_took(db):
    customer = customer_create(profile={"email": "a@correo.example"})
    customer_trash(customer=customer)
    customer_trash(customer=customer)
    assert not Customer.objects.live().exists()
    customer_restore(customer=customer)
    assert Customer.objects.live().get().status == "active"
    kinds = [
        row.data["to"] for row in Activity.objects.filter(kind="status_changed").order_by("id")
    ]
    assert kinds == ["trashed", "restored"]


@pytest.mark.feature("O10", "E29")
def test_a_tag_is_one_whatever_its_case(ana):
    customer = customer_create(profile={"email": "a@correo.example"})
    tag_add(customer=customer, names=["Frecuente"], by=ana)
    assert tag_add(customer=customer, names=["FRECUENTE"], by=ana) == []
    assert Tag.objects.count() == 1
    assert tag_remove(customer=customer, tag=Tag.objects.get(), by=ana)
    assert not tag_remove(customer=customer, tag=Tag.objects.get(), by=ana)
    kinds = Activity.objects.filter(kind__startswith="tag").order_by("id")
    assert [(row.kind, row.data) for row in kinds] == [
        ("tag_added", {"tag": "Frecuente"}),
        ("tag_removed", {"tag": "Frecuente"}),
    ]


@pytest.mark.feature("O19")
def test_many_are_tagged_by_few_statements(db, django_assert_max_num_queries):
    ids = [customer_create(profile={"email": f"{n}@correo.example"}).pk for n in range(30)]
    OutboxEvent.objects.all().delete()
    with django_assert_max_num_queries(12):
        assert tag_add_many(ids=ids, names=["Zona sur"]) == 30
    assert tag_add_many(ids=ids, names=["zona SUR"]) == 0
    assert OutboxEvent.objects.count() == 30
    assert tag_delete(tag=Tag.objects.get()) == 30


@pytest.mark.feature("US11", "O13")
def test_a_deleted_note_leaves_its_words_to_the_audit(ana):
    customer = customer_create(profile={"email": "a@correo.example"})
    note = note_add(customer=customer, body=" Llamó \r\n por la devolución ", by=ana)
    assert note.body == "Llamó \n por la devolución"
    note_edit(note=note, body="Llamó dos veces", version=1, by=ana)
    with pytest.raises(DomainError, match="version_conflict"):
        note_edit(note=note, body="Otra", version=1, by=ana)
    note_delete(note=note, by=ana)
    with pytest.raises(DomainError, match="note_gone"):
        note_edit(note=note, body="Otra", version=2, by=ana)
    assert [one.body for one in note.revisions.order_by("id")] == [
        "Llamó \n por la devolución",
        "Llamó dos veces",
    ]


@pytest.mark.feature("ST17")
def test_a_unique_field_refuses_a_second_person(db):
    field = custom_field_create(label="Socio", kind="text", values={"is_unique": True})
    first = customer_create(
        profile={"email": "a@correo.example", "first_name": "Uno", "custom": {field.key: "Ñ-17"}}
    )
    with pytest.raises(DomainError) as refusal:
        customer_create(profile={"email": "b@correo.example", "custom": {field.key: "ñ-17"}})
    assert refusal.value.field == "custom.socio"
    assert refusal.value.data["holder"] == str(first.public_id)
    assert Customer.objects.count() == 1


@pytest.mark.feature("ST17")
def test_flags_make_and_remove_the_rows_that_are_searched(db):
    field = custom_field_create(label="Comuna", kind="text", values={})
    for n, value in enumerate(["Ñuñoa", "Talca", "Talca"]):
        customer_create(profile={"email": f"{n}@correo.example", "custom": {field.key: value}})
    assert not CustomValue.objects.exists()
    with override("en"), pytest.raises(DomainError) as refusal:
        custom_field_update(field=field, version=1, label="Comuna", values={"is_unique": True})
    assert refusal.value.message == "1 value stands in more than one record: “talca”."
    field = custom_field_update(
        field=field, version=1, label="Comuna", values={"is_searchable": True}
    )
    assert sorted(str(row.text) for row in CustomValue.objects.all()) == [
        "Talca",
        "Talca",
        "Ñuñoa",
    ]
    custom_field_update(field=field, version=2, label="Comuna", values={"is_searchable": False})
    assert not CustomValue.objects.exists()


@pytest.mark.feature("ST17")
def test_a_disabled_field_keeps_its_values(db):
    field = CustomField.objects.get(key="generic_text_1")
    customer = customer_create(
        profile={"email": "a@correo.example", "custom": {"generic_text_1": "Manta"}}
    )
    custom_field_disable(field=field)
    customer_update(customer=customer, version=1, profile={"city": "Talca"})
    customer.refresh_from_db()
    assert customer.custom == {"generic_text_1": "Manta"}


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each function in a thread and connection of its own; their results or refusals."""
    barrier = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        barrier.wait(120)
        try:
            outcomes[place] = work()
        except DomainError as refusal:
            outcomes[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    close_old_connections()
    return outcomes


@pytest.mark.feature("US12")
@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_is_refused():
    customer = customer_create(profile={"email": "a@correo.example"})

    def edit(city: str) -> Callable[[], str]:
        return lambda: customer_update(customer=customer, version=1, profile={"city": city}).city

    outcomes = at_once(edit("Talca"), edit("Curicó"))
    assert "version_conflict" in outcomes
    customer.refresh_from_db()
    assert customer.city in outcomes
    assert customer.version == 2


@pytest.mark.feature("E3")
@pytest.mark.django_db(transaction=True)
def test_of_two_records_with_one_email_at_once_one_is_refused():
    def create() -> str:
        return customer_create(profile={"email": "a@correo.example"}).email

    assert sorted(map(str, at_once(create, create))) == ["a@correo.example", "email_taken"]
    assert Customer.objects.count() == 1
    assert not User.objects.exists()
