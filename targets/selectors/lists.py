"""Lists of people chosen by hand: what there are, who is on them, whom a pasted text names."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from customers.identity import email_key
from customers.models import Customer, CustomerEmail
from targets.models import StaticEntry, StaticList, Target
from targets.nesting import leaves_in
from targets.picks import EXCLUDED, INCLUDED, STATIC_FILTER

MOST_LINES = 20_000
SHOWN = 20
Picked = tuple[StaticEntry, Customer]


def lists_with_people() -> "QuerySet[StaticList]":
    """Lists of their own; ``people`` is how many stand on each."""
    counted = StaticEntry.objects.filter(list=OuterRef("pk")).order_by().values("list")
    number = Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return StaticList.objects.filter(target=None).annotate(people=Coalesce(number, 0))


def targets_asking(people: StaticList) -> list[Target]:
    """The targets whose rule names the list."""
    return [one for one in Target.objects.order_by("name", "id") if _asks(one.rule, people.slug)]


def _asks(document: object, slug: str) -> bool:
    return any(
        leaf["filter"] == STATIC_FILTER and slug in (leaf.get("value") or [])
        for leaf in leaves_in(document)
    )


@dataclass(frozen=True)
class EntriesPage:
    """The newest first; ``after`` leads to the older ones, ``before`` back."""

    rows: list[Picked]
    before: int | None
    after: int | None


def entries_page(
    people: StaticList, *, after: int | None = None, before: int | None = None, size: int = 25
) -> EntriesPage:
    rows = StaticEntry.objects.filter(list=people).select_related("customer", "added_by")
    if before is not None:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        shown, has_before, has_after = found[:size][::-1], len(found) > size, True
    else:
        older = rows.filter(pk__lt=after) if after is not None else rows
        found = list(older.order_by("-pk")[: size + 1])
        shown, has_before, has_after = found[:size], after is not None, len(found) > size
    return EntriesPage(
        rows=[(one, one.customer) for one in shown],
        before=shown[0].pk if shown and has_before else None,
        after=shown[-1].pk if shown and has_after else None,
    )


@dataclass(frozen=True)
class Named:
    """Whom a text names: ids of live people, and the lines that name nobody."""

    ids: list[int]
    missing: list[str]
    is_cut: bool = False


def people_named(text: str) -> Named:
    """One a line: an e-mail address (further ones count too) or a code; of a table, any cell."""
    lines = [cells for cells in _lines(text) if cells]
    asked = lines[:MOST_LINES]
    keys = {_key(cell) for cells in asked for cell in cells}
    known = _known(keys)
    found, missing = dict[int, None](), []
    for cells in asked:
        ids = [known[key] for key in map(_key, cells) if key in known]
        if ids:
            found[ids[0]] = None
        else:
            missing.append(" ".join(cells)[:120])
    return Named(list(found), missing, len(lines) > MOST_LINES)


def _lines(text: str) -> Iterator[list[str]]:
    delimiter = ";" if text.count(";") > text.count(",") else ","
    cleaned = text.replace("\0", "").replace("\t", delimiter).splitlines()
    for row in csv.reader(cleaned, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL):
        yield [cell.strip() for cell in row if cell.strip()]


def _key(cell: str) -> str:
    return email_key(cell) if "@" in cell else cell.lower()


def _known(keys: Iterable[str]) -> dict[str, int]:
    wanted = list(keys)
    addresses = [one for one in wanted if "@" in one]
    live = Customer.objects.live()
    known = dict(
        CustomerEmail.objects.filter(address_key__in=addresses, customer__in=live).values_list(
            "address_key", "customer_id"
        )
    )
    codes = [one for one in map(_code, wanted) if one is not None]
    for code, pk in live.filter(public_id__in=codes).values_list("public_id", "pk"):
        known[str(code)] = pk
    return known


def _code(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Picks:
    """Whom staff put into a target or left out of it; some of each, and how many there are."""

    included: list[Picked]
    excluded: list[Picked]
    included_count: int
    excluded_count: int

    @property
    def number(self) -> int:
        return self.included_count + self.excluded_count


def picks_of(target: Target) -> Picks:
    entries = StaticEntry.objects.filter(list__target=target)
    numbers = dict(entries.order_by().values_list("list__side").annotate(n=Count("pk")))
    return Picks(
        included=_some(target, INCLUDED) if numbers else [],
        excluded=_some(target, EXCLUDED) if numbers else [],
        included_count=numbers.get(INCLUDED, 0),
        excluded_count=numbers.get(EXCLUDED, 0),
    )


def _some(target: Target, side: str) -> list[Picked]:
    rows = StaticEntry.objects.filter(list__target=target, list__side=side)
    newest = rows.select_related("customer", "added_by").order_by("-pk")[:SHOWN]
    return [(one, one.customer) for one in newest]


def sides_of(target: Target, customers: Sequence[Customer]) -> dict[int, str]:
    """On which side by hand each of these people stands, if on any."""
    rows = StaticEntry.objects.filter(list__target=target, customer__in=customers)
    return dict(rows.values_list("customer_id", "list__side"))
