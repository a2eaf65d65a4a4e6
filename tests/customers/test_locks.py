"""An edit by staff locks contact data; an order changes what is not locked, and asks about the rest."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kit import clock
from config.kit.errors import DomainError
from customers.merging.services import customers_merge, merge_undo
from customers.models import Activity, Address, Customer, FieldLock, OrderSync, User
from customers.privacy.services import customer_block
from customers.selectors.locks import (
    contact_values,
    locks_of,
    proposals_of,
    provenance_of,
    record_rules,
)
from customers.services.contact_points import address_save, email_alias_add
from customers.services.locks import record_lock, record_unlock
from customers.services.order_sync import (
    OrderContact,
    OrderSynced,
    customer_sync_order,
    order_sync_apply,
    order_sync_ignore,
)
from customers.services.profile import customer_create, customer_update
from customers.services.record_rules import record_rules_set
from customers.services.status import customer_disable, customer_trash
from customers.services.tags import tag_add

pytestmark = pytest.mark.django_db
EMAIL = "rayen@correo.example"
HOME = {"line1": "Calle Uno 1", "city": "Talca", "country": "CL"}
WORK = {"line1": "Avenida Dos 22", "city": "Curicó", "country": "CL"}


@pytest.fixture
def person(db: None) -> Customer:
    return customer_create(
        profile={"email": EMAIL, "first_name": "Rayén", "phone": "+56911111111"}, source="form"
    )


def order(number: str, **contact: Any) -> OrderSynced:
    return customer_sync_order(reference=number, email=EMAIL, contact=OrderContact(**contact))


def edit(person: Customer, by: User, **profile: Any) -> Customer:
    held = Customer.objects.get(pk=person.pk)
    return customer_update(customer=held, version=held.version, profile=profile, by=by)


def phone_of(person: Customer) -> str:
    return Customer.objects.get(pk=person.pk).phone


@pytest.mark.feature("O15")
def test_the_newest_order_of_the_same_e_mail_is_the_current_data(person) -> None:
    first = customer_sync_order(
        reference="10",
        email="  RAYEN@Correo.example ",
        contact=OrderContact(phone="9 2222 2222", address=HOME),
    )
    assert (first.customer.pk, first.is_new, first.applied) == (
        person.pk,
        False,
        ("address", "phone"),
    )
    order("11", address=WORK)
    assert list(Address.objects.order_by("pk").values_list("line1", "is_main")) == [
        ("Calle Uno 1", False),
        ("Avenida Dos 22", True),
    ]
    order("12", address={**HOME, "line1": "CALLE uno 1"})
    assert Address.objects.filter(customer=person).count() == 2
    assert Address.objects.get(is_main=True).line1 == "CALLE uno 1"
    assert phone_of(person) == "+56922222222"


@pytest.mark.feature("O15")
def test_an_order_finds_its_person_by_any_address_of_theirs(person, make_customer, ana) -> None:
    email_alias_add(customer=person, address="otra@correo.example")
    merged = make_customer("tercera@correo.example")
    customers_merge(survivor=person, loser=merged, by=ana)
    found = [
        customer_sync_order(reference=str(n), email=email, contact=OrderContact())
        for n, email in enumerate(("otra@correo.example", "tercera@correo.example"))
    ]
    assert [one.customer.pk for one in found] == [person.pk, person.pk]
    stranger = customer_sync_order(
        reference="x",
        email="r.ayen@correo.example",
        contact=OrderContact(first_name="Nueva", phone="no", address=HOME),
    )
    assert (stranger.is_new, stranger.customer.first_name, stranger.customer.source) == (
        True,
        "Nueva",
        "order",
    )
    assert (list(stranger.unreadable), stranger.customer.phone) == (["phone"], "")


@pytest.mark.feature("O15")
def test_one_order_counts_once_and_an_older_one_changes_nothing(person) -> None:
    assert order("12", phone="+56922222222").applied == ("phone",)
    again = order("12", phone="+56933333333")
    assert (again.applied, phone_of(person)) == (("phone",), "+56922222222")
    late = customer_sync_order(
        reference="9",
        email=EMAIL,
        contact=OrderContact(phone="+56933333333"),
        ordered_at=clock.now() - timedelta(days=1),
    )
    assert (late.applied, late.proposed, phone_of(person)) == ((), (), "+56922222222")


@pytest.mark.feature("O16")
def test_an_edit_by_staff_locks_all_contact_data_and_the_order_asks(person, ana) -> None:
    edit(person, ana, city="Linares")
    assert locks_of(person).whole is not None
    made = order("12", phone="+56922222222", last_name="Soto")
    assert (made.applied, made.proposed) == ((), ("last_name", "phone"))
    assert phone_of(person) == "+56911111111"
    told = Activity.objects.get(customer=person, kind="order_differs")
    assert told.data == {"order": "12", "fields": ["last_name", "phone"]}


@pytest.mark.feature("O16")
def test_what_changes_no_contact_data_locks_nothing(person, ana, carla) -> None:
    held = Customer.objects.get(pk=person.pk)
    edit(person, ana, first_name=held.first_name, phone=held.phone)
    edit(person, ana, gender="female")
    edit(person, carla, city="Talca")
    tag_add(customer=person, names=["VIP"], by=ana)
    assert not FieldLock.objects.exists()
    address_save(customer=person, values=HOME, by=ana)
    assert locks_of(person).whole is not None
    FieldLock.objects.all().delete()
    address_save(customer=person, values=HOME, address=Address.objects.get(), by=ana)
    assert not FieldLock.objects.exists()


@pytest.mark.feature("O16")
def test_by_setting_only_the_edited_field_is_locked(person, ana) -> None:
    assert record_rules_set(lock_mode="field", by=ana)
    edit(person, ana, phone="+56944444444", id_type="", birth_month=None)
    assert list(locks_of(person).fields) == ["phone"]
    made = order("12", phone="+56922222222", first_name="Rayén Sol")
    assert (made.applied, made.proposed) == (("first_name",), ("phone",))


@pytest.mark.feature("O16")
def test_staff_apply_ignore_and_unlock(person, ana) -> None:
    edit(person, ana, city="Linares")
    order("12", phone="+56922222222")
    version = Customer.objects.get(pk=person.pk).version
    with pytest.raises(DomainError, match="version_conflict"):
        order_sync_apply(sync=OrderSync.objects.get(), version=version - 1, by=ana)
    order_sync_apply(sync=OrderSync.objects.get(), version=version, by=ana)
    assert phone_of(person) == "+56922222222"
    assert locks_of(person).whole is not None
    with pytest.raises(DomainError, match="order_is_judged"):
        order_sync_ignore(sync=OrderSync.objects.get(), by=ana)
    order("13", phone="+56933333333")
    order_sync_ignore(sync=proposals_of(person)[0], by=ana)
    assert order("14", phone="+56933333333").proposed == ()
    assert order("15", phone="+56955555555").proposed == ("phone",)
    assert record_unlock(customer=person, by=ana)
    assert order("16", phone="+56966666666").applied == ("phone",)
    assert proposals_of(person) == []
    assert OrderSync.objects.get(reference="15").state == "superseded"


@pytest.mark.feature("O16")
def test_a_typed_e_mail_only_proposes_where_there_is_an_account(carla) -> None:
    def bought(number: str, strength: str, phone: str) -> OrderSynced:
        return customer_sync_order(
            reference=number,
            email="carla@correo.example",
            contact=OrderContact(phone=phone),
            strength=strength,
        )

    assert bought("1", "unverified_email", "+56922222222").proposed == ("phone",)
    assert bought("2", "session", "+56933333333").applied == ("phone",)


@pytest.mark.feature("O16")
def test_one_field_of_a_locked_block_can_be_opened(person, ana) -> None:
    record_lock(customer=person, by=ana)
    assert record_unlock(customer=person, field="phone", by=ana)
    assert not record_unlock(customer=person, field="phone", by=ana)
    made = order("12", phone="+56922222222", first_name="Otra")
    assert (made.applied, made.proposed) == (("phone",), ("first_name",))
    with pytest.raises(DomainError):
        record_lock(customer=person, field="email")


@pytest.mark.feature("O15")
def test_disabled_and_blocked_people_stay_and_the_trash_gives_back(
    person, make_customer, ana
) -> None:
    customer_disable(customer=person, reason="Fraude", by=ana)
    assert order("1", phone="+56922222222").applied == ()
    for n, act in enumerate(
        (lambda one: customer_block(customer=one, is_on=True), customer_trash_of)
    ):
        email = f"p{n}@correo.example"
        act(make_customer(email))
        customer_sync_order(reference=email, email=email, contact=OrderContact(city="Talca"))
    blocked, back = Customer.objects.exclude(pk=person.pk).order_by("pk")
    assert (blocked.city, back.city, back.trashed_at) == ("", "Talca", None)


def customer_trash_of(customer: Customer) -> object:
    return customer_trash(customer=customer)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    orders=st.lists(
        st.builds(
            OrderContact,
            first_name=st.sampled_from(["", "Ana", "Éva"]),
            phone=st.sampled_from(["", "+56922222222", "malo"]),
            city=st.sampled_from(["", "Talca", "TALCA"]),
            address=st.sampled_from([{}, HOME, WORK, {"line1": "x" * 300}]),
        ),
        min_size=1,
        max_size=6,
    )
)
@pytest.mark.feature("O16")
def test_i5_no_number_of_orders_changes_a_locked_record(make_customer, orders) -> None:
    person = make_customer(f"i5-{Customer.objects.count()}@correo.example", first_name="Ana")
    record_lock(customer=person)
    before = contact_values(Customer.objects.get(pk=person.pk))
    for number, contact in enumerate(orders):
        customer_sync_order(reference=f"{person.pk}-{number}", email=person.email, contact=contact)
    assert contact_values(Customer.objects.get(pk=person.pk)) == before


@pytest.mark.feature("O16")
def test_a_merge_unites_the_locks_and_its_undo_parts_them(person, make_customer, ana) -> None:
    other = make_customer("otra@correo.example")
    record_rules_set(lock_mode="field")
    record_lock(customer=person, field="phone")
    record_lock(customer=other, field="city")
    merge = customers_merge(survivor=person, loser=other, by=ana)
    assert sorted(locks_of(person).fields) == ["city", "phone"]
    merge_undo(merge=merge, by=ana)
    assert (list(locks_of(person).fields), list(locks_of(other).fields)) == (["phone"], ["city"])


@pytest.mark.feature("O16")
def test_each_value_tells_where_it_came_from(person, ana) -> None:
    order("12", phone="+56922222222", address=HOME)
    edit(person, ana, city="Linares")
    found = provenance_of(Customer.objects.get(pk=person.pk))
    assert {name: one.source for name, one in found.items()} == {
        "first_name": "form",
        "phone": "order",
        "city": "system",
        "address": "order",
    }
    change = found["city"].change
    assert change is not None
    assert change.actor_id == ana.pk


@pytest.mark.feature("O16")
def test_the_record_shows_what_differs_and_takes_the_answer(person, ana_client, ana) -> None:
    edit(person, ana, city="Linares")
    order("A-12", phone="+56922222222")
    sync, url = OrderSync.objects.get(), f"/backoffice/customers/{person.public_id}/"
    text = ana_client.get(url).content.decode()
    assert "Order A-12 differs" in text
    assert "+56 9 2222 2222" in text
    version = Customer.objects.get(pk=person.pk).version
    ana_client.post(f"{url}orders/{sync.pk}/apply/", {"version": version - 1})
    assert phone_of(person) == "+56911111111"
    ana_client.post(f"{url}orders/{sync.pk}/apply/", {"version": version})
    assert phone_of(person) == "+56922222222"
    assert "Order A-12 differs" not in ana_client.get(url).content.decode()
    details = ana_client.get(f"{url}details/").content.decode()
    assert "Orders do not change this data: Ana Millaray" in details
    ana_client.post(f"{url}contact/unlock/")
    assert not FieldLock.objects.exists()
    assert ana_client.post(f"{url}contact/lock/nada/").status_code == 404


@pytest.mark.feature("O16")
def test_the_setting_is_for_who_may_set_it(ana_client: Client, beto_client: Client) -> None:
    url = "/backoffice/customers/rules/"
    assert beto_client.get(url).status_code == 403
    assert ana_client.post(url, {"lock_mode": "nada"}).status_code == 422
    wanted = {"lock_mode": "field", "expected": ["phone", "address"], "ask_days": "3"}
    assert ana_client.post(url, wanted).status_code == 302
    held = record_rules()
    assert (held.lock_mode, held.expected, held.ask_days) == ("field", ["phone", "address"], 3)


@pytest.mark.feature("O15")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_number_are_one_order(make_customer: Callable[..., Customer]) -> None:
    barrier, made = Barrier(2), []

    def buy() -> None:
        try:
            barrier.wait(120)
            made.append(
                customer_sync_order(
                    reference="77", email="nueva@correo.example", contact=OrderContact()
                ).customer.pk
            )
        finally:
            connection.close()

    threads = [Thread(target=buy) for _n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 2
    assert set(made) == {Customer.objects.get(email_key="nueva@correo.example").pk}
    assert OrderSync.objects.count() == 1
