"""A record as it was at any past moment: today's, with the changes since then taken back."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer, ProfileChange, User

# part → the values of each of its rows; of the part ``record``, of each field.
State = dict[str, dict[str, Any]]
Key = tuple[str, str]
COLUMNS: Final = (
    *("first_name", "last_name", "second_last_name", "email", "phone", "id_type", "id_number"),
    *("gender", "city", "country", "birth_date", "birth_month", "birth_day", "language"),
    *("time_zone", "custom", "lifecycle", "lifecycle_reason", "lifecycle_at", "status"),
    *("status_until", "registered_at", "verified_at", "trashed_at", "blocked_at"),
    "merged_into_id",
)
AROUND: Final = {
    "email": ("customers_customeremail", "id"),
    "phone": ("customers_customerphone", "id"),
    "external": ("customers_externalid", "id"),
    "address": ("customers_address", "id"),
    "tag": ("customers_tagging", "tag_id"),
    "category": ("customers_categoryassignment", "category_id"),
}
PARTS: Final = " UNION ALL ".join(
    f"SELECT '{part}', {key}, customers_around_value('{part}', to_jsonb(held)) "  # noqa: S608
    f"FROM {table} AS held WHERE customer_id = %(id)s"
    for part, (table, key) in AROUND.items()
)
RECORD: Final = (
    "SELECT 'record', id, to_jsonb(held) FROM customers_customer AS held WHERE id = %(id)s"
)
CURRENT: Final = f"{RECORD} UNION ALL {PARTS}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a field or a row said at the moment, and the change that ended it."""

    then: Any
    today: Any
    change: ProfileChange


@dataclass(frozen=True, kw_only=True)
class Past:
    """``differences`` names all that is not as today, by part and field or row."""

    at: datetime
    state: State
    today: State
    differences: dict[Key, Difference] = field(default_factory=dict)


def state_of(customer: Customer) -> State:
    """All that a record says now, in the shape of the history."""
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, {"id": customer.pk})
        rows = cursor.fetchall()
    state: State = {part: {} for part in ("record", *AROUND)}
    for part, row, value in rows:
        document = _json(value)
        if part == "record":
            state[part] = _flat({name: document[name] for name in COLUMNS})
        elif document is not None:
            state[part][str(row)] = document
    return state


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Columns as fields: each custom value is one of its own."""
    flat = {name: value for name, value in values.items() if name != "custom"}
    return flat | {f"custom.{key}": value for key, value in values.get("custom", {}).items()}


def past_of(customer: Customer, at: datetime) -> Past:
    """The record as it was at ``at``, after the changes of that very moment."""
    today = state_of(customer)
    state: State = {part: dict(values) for part, values in today.items()}
    ended: dict[Key, ProfileChange] = {}
    for change in changes_of(customer).filter(changed_at__gt=at):
        for key in list(_take_back(state, change)):
            ended[key] = change
    differences = {
        key: Difference(then=then, today=now, change=change)
        for key, change in ended.items()
        if (then := state[key[0]].get(key[1])) != (now := today[key[0]].get(key[1]))
    }
    return Past(at=at, state=state, today=today, differences=differences)


def changes_of(customer: Customer) -> "QuerySet[ProfileChange]":
    """The newest first."""
    rows = ProfileChange.objects.filter(customer=customer)
    return rows.select_related("entry").order_by("-id")


def _take_back(state: State, change: ProfileChange) -> Iterator[Key]:
    """Put ``state`` back before ``change``; the fields and rows that it changed."""
    held = state[change.part]
    if change.part != ProfileChange.Part.RECORD:
        yield from _set(held, change.part, str(change.row), change.before)
        return
    before = dict(change.before or {})
    if "custom" in before:
        known = {name for name in held if name.startswith("custom.")}
        before = dict.fromkeys(known) | _flat(before)
    for name, value in before.items():
        yield from _set(held, change.part, name, value)


def _set(held: dict[str, Any], part: str, name: str, value: Any) -> Iterator[Key]:
    if held.get(name) == value:
        return
    if value is None and (part != ProfileChange.Part.RECORD or name.startswith("custom.")):
        held.pop(name, None)
    else:
        held[name] = value
    yield part, name


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that somebody did: its changes, the newest first."""

    at: datetime
    changes: Sequence[ProfileChange]

    @property
    def first(self) -> ProfileChange:
        return self.changes[0]


def steps_of(customer: Customer, *, most: int = 40, rows: int = 400) -> list[Step]:
    """The newest changes of a record, those of one act together."""
    steps: list[list[ProfileChange]] = []
    for change in changes_of(customer)[:rows]:
        last = steps[-1][-1] if steps else None
        if last is not None and (last.tx, last.entry_id) == (change.tx, change.entry_id):
            steps[-1].append(change)
        else:
            steps.append([change])
    return [Step(at=step[0].changed_at, changes=step) for step in steps[:most]]


def names_of(changes: Sequence[ProfileChange]) -> dict[int, str]:
    """Who stands behind the ids of these changes, of the staff."""
    ids = {change.actor_id for change in changes if change.actor_id}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids, is_staff=True)}
