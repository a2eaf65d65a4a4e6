"""People with everything that stands around them, for programs: few queries for many people."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from customers.models import Category, Customer, ExternalId, Tag
from customers.models.consent import Channel, ConsentValue
from customers.selectors.codes import brought_by, codes_shared_by, codes_used_by
from customers.selectors.consents import Dates, consent_dates
from customers.services.consent import MARKETING

AROUND = (
    "taggings__tag",
    "assignments__category",
    "emails",
    "phones",
    "external_ids",
    "addresses",
    "consents",
)
PLAIN = (
    "version", "lifecycle", "status", "status_until", "first_name", "last_name",
    "second_last_name", "full_name", "email", "phone", "id_type", "id_number", "gender", "city",
    "country", "language", "time_zone", "custom", "source", "registered_at", "verified_at",
    "last_login_at", "login_count", "created_at", "updated_at", "trashed_at",
)  # fmt: skip


def portraits_of(customers: Sequence[Customer]) -> list[dict[str, Any]]:
    """What is told about each of them, in their order."""
    prefetch_related_objects(list(customers), *AROUND)
    ids = [one.pk for one in customers]
    dates, codes = consent_dates(ids), _codes(ids)
    return [
        _portrait(one)
        | _marketing(one, dates.get((one.pk, Channel.EMAIL, MARKETING), Dates()))
        | codes[one.pk]
        for one in customers
    ]


def _codes(ids: list[int]) -> dict[int, dict[str, Any]]:
    """By which code each of them came, which one they share, how many came by it."""
    used, shared, brought = codes_used_by(ids), codes_shared_by(ids), brought_by(ids)
    return {
        pk: {
            "registration_code": used[pk].code if pk in used else "",
            "sharing_code": shared.get(pk, ""),
            "referrals": brought.get(pk, 0),
        }
        for pk in ids
    }


def portrait_of(customer: Customer) -> dict[str, Any]:
    """One person, read again."""
    return portraits_of([Customer.objects.get(pk=customer.pk)])[0]


def _portrait(customer: Customer) -> dict[str, Any]:
    told = {name: getattr(customer, name) for name in PLAIN}
    return told | {
        "id": customer.public_id,
        "birthday": birthday_of(customer),
        "further_emails": sorted(
            one.address for one in customer.emails.all() if not one.is_primary
        ),
        "further_phones": sorted(one.number for one in customer.phones.all()),
        "tags": sorted(one.tag.name for one in customer.taggings.all()),
        "categories": sorted(
            (
                {"code": one.category.code, "name": one.category.name}
                for one in customer.assignments.all()
            ),
            key=lambda one: one["code"],
        ),
        "external_ids": sorted(
            ({"system": one.system, "value": one.value} for one in customer.external_ids.all()),
            key=lambda one: (one["system"], one["value"]),
        ),
        "addresses": [
            {name: getattr(one, name) for name in ADDRESS}
            for one in sorted(customer.addresses.all(), key=lambda one: (not one.is_main, one.pk))
        ],
    }


def _marketing(customer: Customer, dates: Dates) -> dict[str, Any]:
    """What was said about offers and news by e-mail."""
    return {
        "accepts_marketing": any(
            (one.channel, one.purpose, one.value)
            == (Channel.EMAIL, MARKETING, ConsentValue.GRANTED)
            for one in customer.consents.all()
        ),
        "marketing_accepted_at": dates.accepted_at,
        "marketing_cancelled_at": dates.cancelled_at,
    }


ADDRESS = (
    "label", "line1", "line2", "district", "city", "region", "postal_code", "country", "is_main",
)  # fmt: skip


def birthday_of(customer: Customer) -> str:
    """``1992-06-14``, or ``--06-14`` when the year is not known."""
    if customer.birth_date:
        return customer.birth_date.isoformat()
    if customer.birth_month and customer.birth_day:
        return f"--{customer.birth_month:02}-{customer.birth_day:02}"
    return ""


def customers_for_webhooks(ids: Iterable[int]) -> dict[int, Customer]:
    """Id and version of those who were not erased."""
    return Customer.objects.filter(erased_at=None).only("public_id", "version").in_bulk(list(ids))


def public_id_of(pk: int) -> UUID:
    """Of an erased record too."""
    return Customer.objects.values_list("public_id", flat=True).get(pk=pk)


def customer_by_id(public_id: UUID) -> Customer | None:
    """Live, in the trash or merged away; None for nobody and for who was erased."""
    return Customer.objects.filter(public_id=public_id, erased_at=None).first()


def customer_by_external_id(system: str, value: str) -> Customer | None:
    row = (
        ExternalId.objects.filter(system=system, value=value, customer__erased_at=None)
        .select_related("customer")
        .first()
    )
    return row.customer if row else None


def survivor_of(customer: Customer) -> Customer:
    """The record that a merged one was joined to, at the end of the chain."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def tags_by_name(names: Iterable[str]) -> dict[str, Tag]:
    """Those that exist, by their name in lower case."""
    wanted = {one.casefold() for one in names}
    return {tag.name.casefold(): tag for tag in tags_all() if tag.name.casefold() in wanted}


def tags_all() -> list[Tag]:
    return list(Tag.objects.order_by("name", "pk"))


def tag_found(pk: int) -> Tag | None:
    return Tag.objects.filter(pk=pk).first() if pk < 2**63 else None


def categories_all() -> list[Category]:
    return list(Category.objects.order_by("code"))


def categories_by_code(codes: Iterable[str]) -> dict[str, Category]:
    return {one.code: one for one in Category.objects.filter(code__in=list(codes))}
