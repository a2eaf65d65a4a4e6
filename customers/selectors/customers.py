"""Reading people: the list, one record, and who could be the same person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import Func
from django.db.models.fields import BooleanField, TextField
from django.db.models.functions import TruncDate

from config.kit import clock
from config.kit.pages.sampling import first_of
from customers.identity import fold
from customers.models import (
    Activity,
    Address,
    CategoryAssignment,
    Customer,
    CustomerEmail,
    CustomerPhone,
    ExternalId,
    Tag,
    Tagging,
)
from customers.rules.searches import like
from customers.selectors.search import Search

MOST_TAGS = 2
MOST_NAMED = 1000


def customers_listed() -> "QuerySet[Customer]":
    """Everyone who can be in the list or its trash."""
    return Customer.objects.filter(merged_into=None, erased_at=None)


def customers_in_city(rows: "QuerySet[Customer]", text: str) -> "QuerySet[Customer]":
    """Those whose city begins so, whatever the case and accents."""
    folded = Func(F("city"), function="customers_fold", output_field=TextField())
    pattern = Value(like(fold(text)) + "%", output_field=TextField())
    return rows.exclude(city="").annotate(city_folded=folded).filter(_like("city_folded", pattern))


def _like(name: str, pattern: Value) -> Q:
    return Q(
        Func(
            F(name),
            pattern,
            template="(%(expressions)s)",
            arg_joiner=" LIKE ",
            output_field=BooleanField(),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Tags and categories of the people of one page of the list."""

    tags: dict[int, list[Tag]]
    categories: dict[int, list[str]]


def labels_of(customers: Sequence[Customer]) -> Labels:
    """Two queries for any number of people."""
    ids = [customer.pk for customer in customers]
    tags: dict[int, list[Tag]] = {}
    for row in (
        Tagging.objects.filter(customer_id__in=ids).select_related("tag").order_by("tag__name")
    ):
        tags.setdefault(row.customer_id, []).append(row.tag)
    categories: dict[int, list[str]] = {}
    for pk, name in (
        CategoryAssignment.objects.filter(customer_id__in=ids)
        .order_by("category__name")
        .values_list("customer_id", "category__name")
    ):
        categories.setdefault(pk, []).append(name)
    return Labels(tags=tags, categories=categories)


def category_ids_by_hand(customer: Customer) -> list[int]:
    """The categories that staff gave the person; those that fill themselves are no part of it."""
    rows = CategoryAssignment.objects.filter(customer=customer, category__source="")
    return list(rows.order_by("category_id").values_list("category_id", flat=True))


def main_addresses_of(customers: Sequence[Customer]) -> dict[int, Address]:
    """The main address of each who has one, by one query."""
    rows = Address.objects.filter(customer_id__in=[one.pk for one in customers], is_main=True)
    return {one.customer_id: one for one in rows}


def address_line(address: Address) -> str:
    """Street, apartment and district in one line."""
    return ", ".join(part for part in (address.line1, address.line2, address.district) if part)


@dataclass(frozen=True, kw_only=True)
class ContactPoints:
    """What stands beside the record itself."""

    aliases: list[CustomerEmail]
    phones: list[CustomerPhone]
    external_ids: list[ExternalId]
    addresses: list[Address]

    @property
    def main_address(self) -> Address | None:
        return next((one for one in self.addresses if one.is_main), None)


def contact_points_of(customer: Customer) -> ContactPoints:
    return ContactPoints(
        aliases=list(customer.emails.filter(is_primary=False).order_by("address_key")),
        phones=list(customer.phones.order_by("id")),
        external_ids=list(customer.external_ids.order_by("system", "value")),
        addresses=list(customer.addresses.order_by("-is_main", "id")),
    )


def main_address_of(customer: Customer) -> Address | None:
    return customer.addresses.filter(is_main=True).first()


def possible_doubles(customer: Customer, *, limit: int = 3) -> list[Customer]:
    """Live people with the same ID number or phone: a hint for staff, never a match."""
    same = Q()
    if customer.id_number:
        same |= Q(id_number=customer.id_number, id_type=customer.id_type)
    if customer.phone:
        same |= Q(phone=customer.phone)
    if not same:
        return []
    return list(Customer.objects.live().filter(same).exclude(pk=customer.pk).order_by("pk")[:limit])


def customers_found(text: str, limit: int) -> list[Customer]:
    """The first live people that a search finds, by name: for the global search and pickers."""
    live = Customer.objects.live()
    found = Search.of(text).apply(live).order_by("sort_name", "pk")
    return first_of(found, rows=live, cap=MOST_NAMED, limit=limit)


def customers_recalled(public_ids: Sequence[str]) -> "QuerySet[Customer]":
    """Live people by public id."""
    return Customer.objects.live().filter(public_id__in=public_ids)


def tags_of(customer: Customer) -> list[Tag]:
    return list(Tag.objects.filter(taggings__customer=customer).order_by("name"))


def registrations_by_day(first: date, last: date) -> dict[date, int]:
    """How many live people were registered on each day of the site."""
    since, until = clock.span_of(first, last)
    counted = (
        Customer.objects.live()
        .filter(registered_at__gte=since, registered_at__lt=until)
        .annotate(day=TruncDate("registered_at", tzinfo=clock.site_zone()))
        .values_list("day")
        .annotate(n=Count("pk"))
        .order_by("day")
    )
    return dict(counted)


def activities_by_day(*kinds: str) -> Callable[[date, date], dict[date, int]]:
    """A count of these kinds of activity on each day of the site between two days."""

    def count(first: date, last: date) -> dict[date, int]:
        since, until = clock.span_of(first, last)
        counted = (
            Activity.objects.filter(kind__in=kinds, occurred_at__gte=since, occurred_at__lt=until)
            .annotate(day=TruncDate("occurred_at", tzinfo=clock.site_zone()))
            .values_list("day")
            .annotate(n=Count("pk"))
            .order_by("day")
        )
        return dict(counted)

    return count


def active_count(*, most: int) -> int:
    """How many live people are active, counted to ``most`` and no further."""
    return Customer.objects.live().active()[:most].count()


def active_by_day(first: date, last: date) -> dict[date, int]:
    """How many of the people who are live and active now were registered by each day's end."""
    people = Customer.objects.live().active()
    since, until = clock.span_of(first, last)
    held = people.filter(registered_at__lt=since).count()
    new = dict(
        people.filter(registered_at__gte=since, registered_at__lt=until)
        .annotate(day=TruncDate("registered_at", tzinfo=clock.site_zone()))
        .values_list("day")
        .annotate(n=Count("pk"))
        .order_by("day")
    )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return dict(
        zip(
            days,
            accumulate([held + new.get(days[0], 0), *(new.get(one, 0) for one in days[1:])]),
            strict=True,
        )
    )


def unverified_count(*, most: int) -> int:
    """Live people with an address that nobody has verified, counted to ``most``."""
    return Customer.objects.live().filter(verified_at=None).exclude(email="")[:most].count()
