"""What an undo left as it was: whose record it is, why it stayed, what differs from the import."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from config.kit.models import JobError
from customers.importing.destinations import custom_fields_of, label_of_key
from customers.importing.fields import CUSTOM
from customers.importing.plan_sql import WRITTEN
from customers.importing.reports import csv_line
from customers.models import Customer, ImportBatch, ImportChange

PIECE = 500
TOLD_AS = {"birth_date": "birthday"}
# The others stand beside what they belong to.
SHOWN = frozenset(WRITTEN) - {"email_key", "id_type", "birth_month", "birth_day", "trashed_at"}


def held_csv(batch: ImportBatch) -> Iterator[str]:
    """A row for each record that the undo of this batch left alone, in the order of the file."""
    yield "\ufeff" + csv_line(
        [
            _("Line"),
            _("Clientela code"),
            _("E-mail"),
            _("Why it stays"),
            _("Changed since the import"),
        ]
    )
    lines = JobError.objects.filter(job=batch.job, line__isnull=False).order_by("line", "id")
    custom = custom_fields_of()
    found = lines.values_list("line", flat=True).iterator(chunk_size=PIECE)
    while piece := [line for line in islice(found, PIECE) if line is not None]:
        changes = {one.line: one for one in batch.changes.filter(line__in=piece)}
        ids = [one.customer_id for one in changes.values()]
        people = Customer.objects.defer("search_text").in_bulk(ids)
        for _line, change in sorted(changes.items()):
            if person := people.get(change.customer_id):
                yield csv_line(_row(change, person, custom))


def _row(change: ImportChange, person: Customer, custom: dict[str, Any]) -> list[str]:
    return [
        str(change.line),
        str(person.public_id),
        person.email,
        _reason(change, person),
        "; ".join(_differences(change, person, custom)),
    ]


def _reason(change: ImportChange, person: Customer) -> str:
    if person.erased_at:
        return _("The person was erased.")
    if person.merged_into_id:
        return _("The record was merged into another one.")
    if person.trashed_at:
        return _("The record is in the trash.")
    if change.is_creation and person.user_id:
        return _("The person has an account now.")
    return _("Somebody changed the record.")


def _differences(change: ImportChange, person: Customer, custom: dict[str, Any]) -> Iterator[str]:
    """Of what the import wrote, what says something else today."""
    if person.erased_at:
        return
    for key, wrote in change.after.items():
        if key not in SHOWN:
            continue
        now = getattr(person, key)
        if _text(now) != _text(wrote):
            yield _said(label_of_key(TOLD_AS.get(key, key), custom) or key, wrote, now)
    for key, wrote in (change.after.get("custom") or {}).items():
        now = person.custom.get(key)
        if now != wrote:
            yield _said(label_of_key(CUSTOM + key, custom), wrote, now)


def _said(label: str, wrote: Any, now: Any) -> str:
    return _("%(field)s: “%(then)s” then, “%(now)s” now") % {
        "field": label,
        "then": _text(wrote),
        "now": _text(now),
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
