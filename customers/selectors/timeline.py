"""A person's activity, newest first, as rows and as what is read on the page."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import groupby

from django.core.signing import BadSignature, Signer

from config.kit import clock
from config.kit.pages import TimelineEntry
from customers import registry
from customers.models import Activity, Customer, User
from customers.registry import OWN_GROUP, ActivityKind
from customers.selectors.activity_kinds import OWN, own_kind_label, own_kinds, own_kinds_by_key

PAGE = 50
signer = Signer(salt="customers.timeline")


@dataclass(frozen=True, kw_only=True)
class TimelineFilter:
    """What of the timeline is wanted: a key of ``TIMELINE_GROUPS`` or "", and days of the site."""

    group: str = ""
    since: date | None = None
    until: date | None = None
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelinePage:
    """``cursor`` leads to the older rows; empty at the end."""

    entries: list[TimelineEntry]
    cursor: str


def timeline_of(customer: Customer, wanted: TimelineFilter) -> TimelinePage:
    """One page of the timeline in a fixed number of queries."""
    rows = Activity.objects.filter(customer_id=customer.pk)
    if wanted.group:
        rows = rows.filter(kind__in=kinds_of(wanted.group))
    if wanted.since:
        rows = rows.filter(occurred_at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(occurred_at__lte=_end_of(wanted.until))
    position = _read_cursor(wanted.after)
    if position:
        rows = rows.filter(occurred_at__lte=position[0]).exclude(
            occurred_at=position[0], id__gte=position[1]
        )
    found = list(rows.order_by("-occurred_at", "-id")[: PAGE + 1])
    page = found[:PAGE]
    for row in page:
        row.customer = customer
    cursor = cursor_after(page[-1]) if len(found) > PAGE else ""
    return TimelinePage(entries=entries_of(page), cursor=cursor)


def kinds_of(group: str) -> list[str]:
    own = [one.kind for one in own_kinds()] if group == OWN_GROUP else []
    return own + [key for key, kind in registry.timeline.items() if kind.group == group]


def entries_of(rows: list[Activity]) -> list[TimelineEntry]:
    """Rows as the page shows them; a kind that nobody describes is left out."""
    _name_actors(rows)
    made: dict[int, TimelineEntry] = {}
    by_kind = sorted(rows, key=lambda row: row.kind)
    own = _own_kinds(rows)
    for key, of_kind in groupby(by_kind, key=lambda row: row.kind):
        kind = registry.timeline.get(key) or own.get(key)
        if kind is not None:
            made.update(_entries_of_kind(kind, list(of_kind)))
    return [made[row.pk] for row in rows if row.pk in made]


def _own_kinds(rows: list[Activity]) -> dict[str, ActivityKind]:
    """How the business's own kinds read: their label, what was told, and by which program."""
    keys = {row.kind.removeprefix(OWN) for row in rows if row.kind.startswith(OWN)}
    found = own_kinds_by_key(keys) if keys else {}
    return {
        one.kind: ActivityKind(
            label=own_kind_label(one),
            icon=one.icon,
            group=OWN_GROUP,
            describe=partial(_told_by_program, own_kind_label(one)),
        )
        for one in found.values()
    }


def _told_by_program(label: str, rows: list[Activity]) -> dict[int, tuple[str, str]]:
    return {row.pk: (label, " · ".join(_details(row))) for row in rows}


def _details(row: Activity) -> list[str]:
    values = row.data.get("values") or {}
    told = [f"{name}: {value}" for name, value in values.items() if value is not None]
    return [*told, str(row.data.get("program", ""))]


def _entries_of_kind(kind: ActivityKind, rows: list[Activity]) -> dict[int, TimelineEntry]:
    words = kind.describe(rows)
    extras = kind.extras(rows) if kind.extras else {}
    return {
        row.pk: TimelineEntry(
            at=row.occurred_at,
            icon=kind.icon,
            title=words[row.pk][0],
            detail=words[row.pk][1],
            tone=kind.tone,
            key=str(row.pk),
            **extras.get(row.pk, {}),
        )
        for row in rows
        if row.pk in words
    }


def _name_actors(rows: list[Activity]) -> None:
    ids = {row.actor_id for row in rows if row.actor_id}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    for row in rows:
        row.actor_name = names.get(row.actor_id or 0, "")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.site_zone())


def _end_of(day: date) -> datetime:
    """The last microsecond of a day; the last day of all has no next one."""
    return datetime.combine(day, time.max, tzinfo=clock.site_zone())


def cursor_after(row: Activity) -> str:
    """Leads to the rows older than this one."""
    return signer.sign(f"{row.occurred_at.isoformat()}|{row.pk}")


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    try:
        at, pk = signer.unsign(text).split("|")
    except BadSignature:
        return None
    return datetime.fromisoformat(at), int(pk)
