"""The page of a record as it was: fields then and today, and who changed them since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit import clock
from config.kit.pages import formats
from customers.models import Customer, ProfileChange
from customers.registry import stage_reasons
from customers.rules.id_numbers import id_number_display
from customers.selectors.custom_fields import custom_fields
from customers.selectors.fields import LABELS, custom_text, field_labels, value_text
from customers.selectors.history import Past, Step, names_of, past_of, steps_of
from customers.timeline import ORIGINS, moment_url

Text = str | Promise
EARLIEST: Final = 1900
FIELDS: Final[dict[str, Text]] = {
    **{name: LABELS[name] for name in ("first_name", "last_name", "second_last_name", "email")},
    **{name: LABELS[name] for name in ("phone", "id_type", "id_number", "birthday", "gender")},
    **{name: LABELS[name] for name in ("city", "country", "language", "time_zone", "lifecycle")},
    "lifecycle_at": lazy("At this stage since"),
    "lifecycle_reason": lazy("Reason of the stage"),
    "status": lazy("Status"),
    "status_until": lazy("Inactive until"),
    "registered_at": lazy("Registered"),
    "verified_at": lazy("E-mail verified"),
    "blocked_at": lazy("Data blocked"),
    "trashed_at": lazy("In the trash since"),
}
BIRTHDAY: Final = ("birth_date", "birth_month", "birth_day")
PARTS: Final[dict[str, Text]] = {
    "email": lazy("Further e-mail"),
    "phone": lazy("Further phone"),
    "address": lazy("Address"),
    "external": lazy("Code in another system"),
    "tag": lazy("Tag"),
    "category": lazy("Category"),
}
MOMENTS: Final = {
    *("lifecycle_at", "status_until", "registered_at", "verified_at", "blocked_at", "trashed_at"),
}


class MomentForm(forms.Form):
    """``at``: a moment with its offset, as links carry it, or a time of the site as people type."""

    at = forms.CharField(
        label=lazy("Day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )

    def clean_at(self) -> datetime:
        text = self.cleaned_data["at"].strip().replace(" ", "+")
        return _moment_of(text) if text else clock.now()


def _moment_of(text: str) -> datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.year < EARLIEST:
        raise forms.ValidationError(_("Write a day and a time, such as 2026-03-14 15:30."))
    at = at if at.tzinfo else at.replace(tzinfo=clock.site_zone())
    if at.year > clock.now().year or at > clock.now():
        raise forms.ValidationError(_("That moment is still to come."))
    return at


@dataclass(frozen=True, kw_only=True)
class PastRow:
    """A field or a thing around the record; ``change`` ended what it said."""

    label: str
    then: str
    today: str
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def differs(self) -> bool:
        return self.ended_at is not None


@dataclass(frozen=True, kw_only=True)
class PastStep:
    at: datetime
    by: str
    what: str
    url: str
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class PastPage:
    rows: list[PastRow]
    steps: list[PastStep]
    differing: int


def past_page(customer: Customer, at: datetime) -> PastPage:
    """What the template shows; all of it from a fixed number of queries."""
    past, steps = past_of(customer, at), steps_of(customer)
    words = Words([*(one.change for one in past.differences.values()), *(s.first for s in steps)])
    rows = [*_record_rows(past, words), *_around_rows(past, words)]
    return PastPage(
        rows=rows,
        steps=_steps(customer, steps, at, words),
        differing=sum(row.differs for row in rows),
    )


class Words:
    """Labels, values and names, read once for a page."""

    def __init__(self, changes: Iterable[ProfileChange]) -> None:
        self._names = names_of(list(changes))
        self._custom = {f"custom.{one.key}": one for one in custom_fields()}
        self.labels = field_labels() | {name: str(text) for name, text in FIELDS.items()}

    def value(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if name in self._custom:
            return custom_text(self._custom[name], value)
        if name in MOMENTS:
            return formats.moment(datetime.fromisoformat(value))
        if name == "status":
            return str(dict(Customer.Status.choices).get(value, value))
        if name == "language":
            return str(dict(settings.LANGUAGES).get(value, value))
        if name == "lifecycle_reason":
            return str(stage_reasons.get(value) or value)
        return value_text(name, value)

    def who(self, change: ProfileChange) -> str:
        """A member of staff, a program, the person, or what did it by itself."""
        entry = change.entry
        if entry is not None and entry.actor_label:
            return entry.actor_label
        origin = str(ORIGINS.get(change.origin, change.origin) or _("The system"))
        name = self._names.get(change.actor_id or 0, "")
        if name:
            return f"{name} · {origin}"
        return _("The customer") if change.origin == "storefront" else origin


def _record_rows(past: Past, words: Words) -> Iterator[PastRow]:
    then, today = past.state["record"], past.today["record"]
    custom = sorted({one for one in (*then, *today) if one.startswith("custom.")})
    for name in (*FIELDS, *custom):
        names = BIRTHDAY if name == "birthday" else (name,)
        ended = [one for part in names if (one := past.differences.get(("record", part)))]
        row = _row(
            words.labels.get(name, name.removeprefix("custom.")),
            _field(name, then, words),
            _field(name, today, words),
            ended[0].change if ended else None,
            words,
        )
        if row.then or row.today:
            yield row


def _row(label: str, then: str, today: str, ended: ProfileChange | None, words: Words) -> PastRow:
    return PastRow(
        label=label,
        then=then,
        today=today,
        ended_at=ended.changed_at if ended else None,
        ended_by=words.who(ended) if ended else "",
    )


def _field(name: str, values: dict[str, Any], words: Words) -> str:
    if name == "birthday":
        return _birthday(values)
    if name == "id_number":
        return id_number_display(values["id_type"], values["id_number"])
    return words.value(name, values.get(name))


def _birthday(values: dict[str, Any]) -> str:
    if values.get("birth_date"):
        return formats.day(date.fromisoformat(values["birth_date"]))
    if values.get("birth_month") and values.get("birth_day"):
        return f"{values['birth_day']:02d}-{values['birth_month']:02d}"
    return ""


def _around_rows(past: Past, words: Words) -> Iterator[PastRow]:
    for part, label in PARTS.items():
        then, today = past.state[part], past.today[part]
        for key in sorted({*then, *today}, key=int):
            ended = past.differences.get((part, key))
            yield _row(
                str(label),
                _thing(part, then.get(key)),
                _thing(part, today.get(key)),
                ended.change if ended else None,
                words,
            )


def _thing(part: str, value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    if part == "phone":
        return " · ".join(
            one for one in (value_text("phone", value["number"]), value["label"]) if one
        )
    if part == "external":
        return f"{value['system']}: {value['value']}"
    if part == "address":
        return _address(value)
    return str(value.get("address") or value.get("name") or "")


def _address(value: dict[str, Any]) -> str:
    names = ("line1", "line2", "district", "city", "region", "postal_code")
    parts = [value[name] for name in names] + [value_text("country", value["country"])]
    line = ", ".join(part for part in parts if part)
    labels = [value["label"], str(_("Main one")) if value["is_main"] else ""]
    return " · ".join(part for part in (line, *labels) if part)


def _steps(customer: Customer, steps: list[Step], at: datetime, words: Words) -> list[PastStep]:
    """The newest first; ``is_shown``: the last of them that the page's moment holds."""
    shown = next((one for one in steps if one.at <= at), None)
    return [
        PastStep(
            at=one.at,
            by=words.who(one.first),
            what=", ".join(_what(one, words)),
            url=moment_url(customer, one.at),
            is_shown=one is shown,
        )
        for one in steps
    ]


def _what(step: Step, words: Words) -> list[str]:
    """The names of what changed, each once."""
    found: dict[str, None] = {}
    for change in reversed(step.changes):
        if change.part != ProfileChange.Part.RECORD:
            found[str(PARTS[change.part])] = None
            continue
        for name in change.before or {}:
            if name == "custom":
                found[_("Further data")] = None
            elif name in BIRTHDAY:
                found[words.labels["birthday"]] = None
            elif name == "merged_into_id":
                found[_("Merged")] = None
            else:
                found[words.labels.get(name, name)] = None
    return list(found)
