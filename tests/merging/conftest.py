"""Two records of one person with everything attached, and a look at every row of theirs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import override

from customers.models import (
    Activity,
    Address,
    Category,
    CategoryAssignment,
    CodeUse,
    Customer,
    CustomerEmail,
    CustomerPhone,
    CustomField,
    ExternalId,
    Note,
    RegistrationCode,
    Tag,
    Tagging,
    User,
)
from customers.services.consent import Proof, consent_record
from messaging.models import Campaign, Delivery, TransactionalMail

T = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
# What a merge and its undo leave behind on purpose, and queues of the machine.
LEFT_OUT = {
    "customers_merge",
    "customers_mergestep",
    "customers_profilechange",
    "customers_duplicatekey",
    "customers_duplicatepair",
    "customers_session",
    "kit_auditentry",
    "kit_auditvalues",
    "kit_auditseal",
    "kit_outboxevent",
    "targets_change",
    "targets_bulkchange",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def make_full(db: None) -> Callable[..., Customer]:
    """``make_full("Rayén", "rayen@…")``: a record with a row in every table that can hold one."""

    def make(name: str, email: str, number: int = 1, **values: Any) -> Customer:
        CustomField.objects.filter(key="generic_text_1").update(is_searchable=True)
        person = Customer(
            first_name=name,
            phone=f"+5691234567{number}",
            birth_date=date(1990, 3, number),
            city="Talca" if number == 1 else "",
            custom={"generic_text_1": f"{name} uno", f"generic_integer_{number}": number},
            registered_at=T.replace(day=number),
            login_count=number,
            **values,
        )
        person.set_email(email)
        person.save()
        _around(person, number)
        _history(person, number)
        person.refresh_from_db()
        return person

    return make


def _around(person: Customer, number: int) -> None:
    for tag in ("VIP", f"etiqueta {number}"):
        Tagging.objects.create(customer=person, tag=Tag.objects.get_or_create(name=tag)[0])
    for code in ("oro", f"grupo-{number}"):
        category = Category.objects.get_or_create(code=code, defaults={"name": code})[0]
        CategoryAssignment.objects.create(customer=person, category=category)
    CustomerEmail.objects.create(
        customer=person, address=f"otro{person.pk}@correo.example", address_key=f"otro{person.pk}@x"
    )
    CustomerPhone.objects.create(customer=person, number="+56225550000", label="casa")
    ExternalId.objects.create(customer=person, system="shopify", value=f"S-{person.pk}")
    Address.objects.create(customer=person, line1=f"Calle {number}", is_main=True)
    shared = RegistrationCode.objects.create(
        code=f"222222X{number + 1}", origin="customer", customer=person, is_current=True
    )
    before = RegistrationCode.objects.filter(customer__isnull=False, pk__lt=shared.pk).last()
    if before is not None:
        CodeUse.objects.create(customer=person, code=before, source="staff")
    Note.objects.create(customer=person, body=f"Nota de {person.first_name}")


def _history(person: Customer, number: int) -> None:
    value = "granted" if number == 1 else "withdrawn"
    consent_record(
        customer=person,
        channel="email",
        value=value,
        source="account",
        occurred_at=T.replace(day=number),
        proof=Proof(evidence="ficha"),
    )
    consent_record(
        customer=person,
        channel="sms" if number == 1 else "post",
        value="granted",
        source="import",
        proof=Proof(evidence="ficha"),
    )
    Activity.objects.bulk_create(
        [Activity(customer=person, kind="login", occurred_at=T) for _n in range(3)]
    )
    campaign = Campaign.objects.get_or_create(slug="oferta", name="Oferta")[0]
    for sent_to in (campaign.pk, None):
        Delivery.objects.create(
            customer=person,
            campaign_id=sent_to,
            kind="campaign" if sent_to else "transactional",
            state="accepted",
            created_at=T,
            address=person.email,
        )
    TransactionalMail.objects.create(
        delivery_id=Delivery.objects.latest("id").pk, kind="welcome", customer=person
    )


@pytest.fixture
def make_login() -> Callable[[Customer], User]:
    def make(customer: Customer) -> User:
        user = User(email=customer.email, name=customer.first_name)
        user.set_password("una-clave-larga-9")
        user.save()
        customer.user = user
        customer.save()
        return user

    return make


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        return sorted(row[0] for row in cursor.fetchall())


def every_row() -> dict[str, list[str]]:
    """All rows of the database as JSON, but for the journal, the trail and queues.

    The rows of searchable values are made anew by a trigger: their numbers mean nothing.
    """
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            if table in LEFT_OUT or table.startswith("django_"):
                continue
            keep = " WHERE kind NOT IN ('merged', 'unmerged')" * (table == "customers_activity")
            number = " - 'id'" * (table == "customers_customvalue")
            cursor.execute(f'SELECT (to_jsonb(row){number})::text FROM "{table}" AS row{keep}')
            found[table] = sorted(row[0] for row in cursor.fetchall())
    return found


def assert_same(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Every row as it was; says which is not."""
    changed = {
        table: (sorted(set(before[table]) - set(rows)), sorted(set(rows) - set(before[table])))
        for table, rows in after.items()
        if rows != before[table]
    }
    assert changed == {}
