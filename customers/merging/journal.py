"""The journal of a merge: rows before and after, and the way back.

1. ``snapshot`` reads the rows of the two records in every ordinary table, as JSON.
2. After the merge a second one is compared with it: ``differences`` are the steps.
3. ``Rewind`` walks the steps back, column by column. What somebody changed since stays as it is and
   is told. What a later merge of the same survivor changed again is put right in that merge's
   journal instead, so that merges can be undone in any order.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Merge, MergeStep
from customers.selectors.fields import field_labels, value_text

PEOPLE = "customers_customer"
USERS = "customers_user"
EMAILS = "customers_customeremail"
CUSTOM_VALUES = "customers_customvalue"
CUSTOM = "custom."
# Derived by triggers, or counted apart.
NOT_KEPT = {PEOPLE: {"search_text", "sort_name", "version"}}
Row = dict[str, Any]
Snapshot = dict[tuple[str, int], Row]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Rows of a table that a snapshot reads: those for which ``where`` holds with ``%(ids)s``."""

    table: str
    where: str = "customer_id = ANY(%(ids)s)"


def snapshot(places: Iterable[Place], ids: list[int]) -> Snapshot:
    found: Snapshot = {}
    with connection.cursor() as cursor:
        for place in places:
            cursor.execute(
                f"SELECT id, to_jsonb(held) FROM {place.table} AS held WHERE {place.where}",  # noqa: S608
                {"ids": ids},
            )
            for pk, row in cursor.fetchall():
                found[place.table, pk] = _columns(place.table, row)
    return found


def _columns(table: str, row: Any) -> Row:
    """A row as JSON: the shop's own fields stand as ``custom.<key>``, each a column of its own."""
    values: Row = json.loads(row) if isinstance(row, str) else dict(row)
    if table == PEOPLE:
        values |= {f"{CUSTOM}{key}": value for key, value in values.pop("custom").items()}
    return {name: value for name, value in values.items() if name not in NOT_KEPT.get(table, ())}


def differences(merge: Merge, before: Snapshot, after: Snapshot) -> list[MergeStep]:
    steps = []
    for key in sorted({**before, **after}):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old and new:
            names = {name for name in {**old, **new} if old.get(name) != new.get(name)}
            old = {name: value for name, value in old.items() if name in names}
            new = {name: value for name, value in new.items() if name in names}
        steps.append(MergeStep(merge=merge, table=key[0], row=key[1], before=old, after=new))
    return steps


@dataclass
class Rewind:
    """Takes the steps of a merge back. ``kept`` names what was left, since it had changed."""

    merge: Merge
    kept: list[str] = field(default_factory=list)

    def run(self) -> None:
        steps = list(self.merge.steps.order_by("id"))
        for step in sorted((one for one in steps if not one.moved), key=self._turn):
            self._undo(step)
        for step in steps:
            if step.moved:
                self.give_back(step)

    def _turn(self, step: MergeStep) -> tuple[int, bool, int]:
        """What goes back to the loser first; of the records the survivor, who lets go of values.

        The survivor's own addresses come last: a trigger follows its first e-mail.
        """
        order = {PEOPLE: 1, USERS: 2, EMAILS: 3, CUSTOM_VALUES: 4}.get(step.table, 0)
        if step.table == EMAILS and (step.before or {}).get("customer_id") == self.merge.loser_id:
            order = 0
        return order, step.table == PEOPLE and step.row == self.merge.loser_id, step.pk

    def give_back(self, step: MergeStep) -> None:
        repoint(step.table, step.moved, was=self.merge.survivor_id, becomes=self.merge.loser_id)

    def _undo(self, step: MergeStep) -> None:
        if step.table == CUSTOM_VALUES:
            _restore_derived(step)
            return
        now = current(step.table, step.row or 0)
        if step.before is None:
            self._unmake(step, now)
        elif step.after is None:
            if now is None:
                insert(step.table, step.before)
        elif now is None:
            self._keep(step, _("It was deleted meanwhile."))
        else:
            self._put_back(step, now)

    def _unmake(self, step: MergeStep, now: Row | None) -> None:
        if now is None:
            return
        if now == step.after:
            delete(step.table, step.row or 0)
        else:
            self._keep(step, _("It was changed meanwhile."))

    def _put_back(self, step: MergeStep, now: Row) -> None:
        restored: Row = {}
        before, after = step.before or {}, step.after or {}
        for name in {**before, **after}:
            was, became, is_now = before.get(name), after.get(name), now.get(name)
            later = self._later_step(step, name)
            if later is not None:
                _hand_over(later, name, was, became)
            elif is_now == became:
                restored[name] = was
            elif is_now != was:
                self._keep_value(name, is_now)
        if restored:
            update(step.table, step.row or 0, restored)

    def _later_step(self, step: MergeStep, name: str) -> MergeStep | None:
        """The same value, changed again by a merge that came later and still stands."""
        later = MergeStep.objects.filter(
            table=step.table,
            row=step.row,
            merge__state=Merge.State.DONE,
            merge_id__gt=step.merge_id,
        ).order_by("merge_id")
        return next(
            (one for one in later if name in {**(one.before or {}), **(one.after or {})}), None
        )

    def _keep_value(self, name: str, value: Any) -> None:
        label = field_labels().get(name)
        if label is not None:
            self.kept.append(
                _("%(field)s stays “%(value)s”: it was changed after the merge.")
                % {"field": label, "value": value_text(name, value)}
            )

    def _keep(self, step: MergeStep, why: str) -> None:
        names = {
            "customers_customerphone": _("A phone"),
            "customers_customeremail": _("A further e-mail"),
            "customers_address": _("A postal address"),
            "customers_tagging": _("A tag"),
            "customers_categoryassignment": _("A category"),
        }
        if step.table in names:
            self.kept.append(f"{names[step.table]}: {why}")


def _hand_over(later: MergeStep, name: str, was: Any, became: Any) -> None:
    """The later merge, undone, leads to what was before both."""
    if later.before is not None and later.before.get(name) == became:
        later.before[name] = was
        later.save(update_fields=["before"])


def current(table: str, pk: int) -> Row | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(held) FROM {table} AS held WHERE id = %s", [pk])  # noqa: S608
        row = cursor.fetchone()
    return _columns(table, row[0]) if row else None


def update(table: str, pk: int, values: Row) -> None:
    """Write the columns of ``values`` as they were read; None takes a field of the shop away."""
    if table == PEOPLE:
        values = _with_custom(pk, values)
    names = ", ".join(f'"{name}"' for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS held SET ({names}) = (SELECT {names} "  # noqa: S608
            f"FROM jsonb_populate_record(NULL::{table}, %s::jsonb)) WHERE id = %s",
            [json.dumps(values), pk],
        )


def _with_custom(pk: int, values: Row) -> Row:
    """The document whole again, and a name, so that the texts for search are derived anew."""
    now = current(PEOPLE, pk) or {}
    own = {name: value for name, value in {**now, **values}.items() if name.startswith(CUSTOM)}
    plain = {name: value for name, value in values.items() if not name.startswith(CUSTOM)}
    document = {
        name.removeprefix(CUSTOM): value for name, value in own.items() if value is not None
    }
    return {"first_name": now.get("first_name", ""), **plain, "custom": document}


def insert(table: str, row: Row) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608
            f"FROM jsonb_populate_record(NULL::{table}, %s::jsonb) ON CONFLICT DO NOTHING",
            [json.dumps(row)],
        )


def delete(table: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])  # noqa: S608


def repoint(table: str, ids: list[int] | None, *, was: int, becomes: int) -> list[int]:
    """Give rows of a ledger (all, if ``ids`` is None) to another person; returns their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customers_ledger_repoint(%s::regclass, %s, %s, %s)", [table, ids, was, becomes]
        )
        row = cursor.fetchone()
    return list(row[0]) if row else []


def _restore_derived(step: MergeStep) -> None:
    """The trigger made the row of a searchable value anew; give it its old number back."""
    if step.before is None:
        return
    wanted = step.before
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {CUSTOM_VALUES} AS held SET id = %(id)s "  # noqa: S608
            "WHERE customer_id = %(customer_id)s AND field_id = %(field_id)s AND id <> %(id)s "
            f"AND NOT EXISTS (SELECT 1 FROM {CUSTOM_VALUES} AS other WHERE other.id = %(id)s)",
            {name: wanted[name] for name in ("id", "customer_id", "field_id")},
        )
