"""Every past state of a record can be seen, whoever changed it, with who and when."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kit import clock
from config.kit.errors import DomainError
from customers.merging.services import customers_merge, merge_undo
from customers.models import (
    Address,
    Category,
    Customer,
    CustomerEmail,
    CustomerPhone,
    ExternalId,
    ProfileChange,
    Tag,
    User,
)
from customers.privacy.services import erasure_run, erasure_schedule
from customers.selectors.history import COLUMNS, past_of, state_of
from customers.services.categories import category_assign
from customers.services.contact_points import (
    address_save,
    contact_point_remove,
    email_alias_add,
    email_alias_remove,
    external_id_add,
    phone_add,
)
from customers.services.profile import customer_create, customer_update
from customers.services.status import (
    customer_activate,
    customer_deactivate,
    customer_restore,
    customer_trash,
)
from customers.services.tags import tag_add, tag_add_many, tag_remove

pytestmark = [pytest.mark.feature("BX03"), pytest.mark.django_db]
Edit = Callable[[Customer, int], object]


def now_of(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def change(customer: Customer, **profile: Any) -> Customer:
    held = now_of(customer)
    return customer_update(customer=held, version=held.version, profile=profile)


def of(model: Any, customer: Customer) -> Any:
    return model.objects.filter(customer=customer).order_by("pk").first()


def _address(customer: Customer, n: int) -> object:
    values = {"line1": f"Calle {n}", "city": "Talca" if n % 2 else "", "country": "CL"}
    return address_save(
        customer=customer,
        values=values,
        address=of(Address, customer) if n > 2 else None,
        is_main=n % 2 == 0,
    )


def _drop(model: Any) -> Edit:
    def edit(customer: Customer, _n: int) -> None:
        row = of(model, customer)
        if row is not None:
            contact_point_remove(row=row)

    return edit


def _drop_alias(customer: Customer, _n: int) -> None:
    row = CustomerEmail.objects.filter(customer=customer, is_primary=False).first()
    if row is not None:
        email_alias_remove(alias=row)


def _untag(customer: Customer, n: int) -> None:
    tag = Tag.objects.filter(name=f"etiqueta {n}").first()
    if tag is not None:
        tag_remove(customer=customer, tag=tag)


def _categories(customer: Customer, n: int) -> None:
    made = [
        Category.objects.get_or_create(code=f"grupo-{i}", defaults={"name": f"Grupo {i}"})[0]
        for i in range(n)
    ]
    category_assign(customer=customer, categories=made)


def _in_sql(customer: Customer, n: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET city = %s WHERE id = %s", [f"C{n}", customer.pk]
        )


EDITS: dict[str, Edit] = {
    "name": lambda one, n: change(one, first_name=f"Nombre {n}", last_name=""),
    "e-mail": lambda one, n: change(one, email=f"p{n}-{one.pk}@correo.example"),
    "birthday": lambda one, n: change(one, birth_date=date(1990, 1, n + 1) if n % 2 else None),
    "custom": lambda one, n: change(one, custom={"generic_text_1": f"t{n}" if n else None}),
    "stage": lambda one, n: change(one, lifecycle="customer" if n % 2 else "lead"),
    "alias": lambda one, n: email_alias_add(customer=one, address=f"a{n}-{one.pk}@correo.example"),
    "no alias": _drop_alias,
    "phone": lambda one, n: phone_add(customer=one, number=f"+5691234560{n}"),
    "no phone": _drop(CustomerPhone),
    "code": lambda one, n: external_id_add(customer=one, system="s", value=f"{one.pk}-{n}"),
    "no code": _drop(ExternalId),
    "address": _address,
    "no address": _drop(Address),
    "tag": lambda one, n: tag_add(customer=one, names=[f"etiqueta {n}"]),
    "tags of many": lambda one, n: tag_add_many(ids=[one.pk], names=[f"etiqueta {n}"]),
    "no tag": _untag,
    "categories": _categories,
    "paused": lambda one, _n: customer_deactivate(customer=one),
    "active": lambda one, _n: customer_activate(customer=one),
    "trash": lambda one, _n: customer_trash(customer=one),
    "restore": lambda one, _n: customer_restore(customer=one),
    "sql": _in_sql,
}


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 4)), min_size=3, max_size=14
    )
)
def test_at_each_moment_the_record_is_what_it_was_then(db: None, steps: Any) -> None:
    with transaction.atomic():
        person = customer_create(profile={"first_name": "Rayén", "email": "rayen@correo.example"})
        seen = [(clock.now(), state_of(person))]
        for name, n in steps:
            try:
                EDITS[name](now_of(person), n)
            except DomainError:
                continue
            seen.append((clock.now(), state_of(person)))
        for at, state in seen:
            assert past_of(person, at).state == state
        transaction.set_rollback(True)


@pytest.fixture
def person(ana: User) -> Customer:
    return customer_create(
        profile={"first_name": "Rayén", "email": "rayen@correo.example", "city": "Talca"}, by=ana
    )


def page(client: Client, customer: Customer, at: datetime | str) -> str:
    text = at if isinstance(at, str) else at.isoformat()
    answer = client.get(f"/backoffice/customers/{customer.public_id}/as-of/?at={quote(text)}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_merge_is_in_the_history_of_the_one_that_stays(person, ana, make_customer) -> None:
    other = make_customer("otra@correo.example", first_name="Otra", phone="+56912345678")
    tag_add(customer=other, names=["VIP"])
    before = clock.now()
    as_it_was = state_of(person)
    merge = customers_merge(survivor=person, loser=other, by=ana)
    after = clock.now()
    assert past_of(person, before).state == as_it_was
    change = past_of(person, before).differences["tag", str(Tag.objects.get().pk)].change
    assert change.entry is not None
    assert (change.entry.action, change.actor_id) == ("customers.customer.merged", ana.pk)
    merge_undo(merge=merge, by=ana)
    assert [one["name"] for one in past_of(person, after).state["tag"].values()] == ["VIP"]
    assert past_of(person, clock.now()).state == as_it_was


def test_an_import_is_told_as_such(person, ana, ana_client) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clientela.origin', 'import', true)")
        cursor.execute("SELECT set_config('clientela.actor', %s, true)", [str(ana.pk)])
        cursor.execute("UPDATE customers_customer SET city = 'Linares'")
        cursor.execute("SELECT set_config('clientela.origin', '', true)")
    at = ProfileChange.objects.get(customer=person).changed_at - timedelta(microseconds=1)
    text = page(ana_client, person, at)
    assert "Ana Millaray · Import" in text
    assert "One thing was not as it is today" in text


def test_the_page_shows_then_and_today_and_who_it_was(person, ana, ana_client) -> None:
    before = clock.now()
    customer_update(customer=person, version=person.version, profile={"city": "Osorno"}, by=ana)
    text = page(ana_client, person, before)
    assert "One thing was not as it is today" in text
    row = text[text.index("is-other") :]
    row = row[: row.index("</tr>")]
    assert ("Talca" in row, "Osorno" in row, "Ana Millaray" in row) == (True, True, True)
    assert "The record said the same as today." in page(ana_client, person, clock.now())
    early = before.astimezone(clock.site_zone()) - timedelta(days=2)
    assert "This record did not exist yet." in page(ana_client, person, f"{early:%Y-%m-%dT%H:%M}")


def test_an_entry_of_the_timeline_leads_to_its_moment(person, ana, ana_client) -> None:
    customer_update(customer=person, version=person.version, profile={"city": "Osorno"}, by=ana)
    timeline = ana_client.get(f"/backoffice/customers/{person.public_id}/").content.decode()
    links = [part.partition('"')[0] for part in timeline.split('href="') if "/as-of/?at=" in part]
    assert len([one for one in links if one.startswith("/backoffice")]) == 2
    shown = ana_client.get(links[0].replace("&amp;", "&")).content.decode()
    assert "The record said the same as today." in shown


@pytest.mark.parametrize("at", ["ayer", "2026-13-40T00:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_makes_no_sense_is_told_at_its_field(person, ana_client, at) -> None:
    answer = ana_client.get(f"/backoffice/customers/{person.public_id}/as-of/?at={at}")
    assert answer.status_code == 422
    assert 'id="at-error"' in answer.content.decode()


def test_every_column_of_a_record_is_remembered_or_says_nothing_of_the_person() -> None:
    silent = {"id", "public_id", "user", "email_key", "search_text", "sort_name"}
    silent |= {"last_login_at", "login_count", "source", "created_at", "updated_at", "version"}
    silent |= {"erased_at"}
    fields = {one.name: one.attname for one in Customer._meta.concrete_fields}
    assert {fields[one] for one in fields.keys() - silent} == set(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'customers_record_remember'")
        source = cursor.fetchone()[0]
    assert all(f"jsonb_build_object('{name}', o.{name})" in source for name in COLUMNS)


@pytest.mark.feature("E34")
def test_an_erasure_takes_the_earlier_states_too(person, ana) -> None:
    change(person, last_name="Quillahuasi")
    tag_add(customer=person, names=["VIP"])
    erasure_run(erasure=erasure_schedule(customer=person, ground="request", by=ana), by=ana)
    assert not ProfileChange.objects.filter(customer=person).exists()


def test_a_record_that_is_deleted_takes_its_earlier_states_along(make_customer) -> None:
    gone, other = make_customer("una@correo.example"), make_customer("otra@correo.example")
    for one in (gone, other):
        tag_add(customer=one, names=["VIP"])
    number = gone.pk
    gone.delete()
    assert not ProfileChange.objects.filter(customer_id=number).exists()
    assert ProfileChange.objects.filter(customer=other).count() == 1
