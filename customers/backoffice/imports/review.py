"""The plan as people read it: tabs with counts, and each row with what it does."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext

from config.kit.pages import Change, formats
from config.kit.pages.pieces import Tone
from customers.importing.batches import consent_columns
from customers.importing.destinations import custom_fields_of, label_of_key
from customers.importing.fields import AUTO, CLEAR, CUSTOM, MATCHES, NUMBER, PHONE
from customers.importing.formats import DELIMITERS, ENCODINGS
from customers.importing.reports import PlannedRow, plan_page, refusal_groups
from customers.models import Customer, CustomField, ImportBatch
from customers.rules.profile import id_number_display, phone_display
from customers.rules.registration_codes import code_shown

RESULTS: dict[str, tuple[Any, Any, Tone]] = {
    "create": (lazy("Create"), lazy("Create"), "ok"),
    "update": (lazy("Update"), lazy("Update"), "info"),
    "unchanged": (lazy("Unchanged"), lazy("Unchanged"), "neutral"),
    "conflict": (lazy("Held back"), lazy("Held back"), "warning"),
    "reject": (lazy("Reject"), lazy("Reject"), "danger"),
}
HIDDEN = {"email_key", "birth_month", "birth_day", "trashed_at", "id_type"}
MOST_NAMED = 3
GENDERS = dict(Customer.Gender.choices)
STATUSES = dict(Customer.Status.choices)
STAGES = dict(Customer.Lifecycle.choices)


@dataclass(frozen=True, kw_only=True)
class Tab:
    key: str
    label: Any
    count: int
    tone: str
    url: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """``changes`` for who exists, ``summary`` for new ones, ``errors`` for those who stay out."""

    line: int
    result: str
    label: Any
    tone: Tone
    name: str
    email: str
    changes: list[Change] = field(default_factory=list)
    additions: list[str] = field(default_factory=list)
    summary: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def review_context(batch: ImportBatch, params: Any) -> dict[str, Any]:
    """What the template of the review needs; ``params`` is the query of the request."""
    show = params.get("show", "")
    show = show if show in RESULTS else ""
    after, before = _line(params.get("after")), _line(params.get("before"))
    rows, has_before, has_after = plan_page(batch, result=show, after=after, before=before)
    custom = custom_fields_of()
    counts = batch.counts
    return {
        "batch": batch,
        "tabs": _tabs(batch, show),
        "show": show,
        "rows": [_row(row, custom) for row in rows],
        "columns": column_labels(batch, custom),
        "facts": facts_of(batch),
        "refused": refused_sentence(batch),
        "refused_count": counts.get("reject", 0) + counts.get("conflict", 0),
        "changes_count": counts.get("create", 0) + counts.get("update", 0),
        "previous_url": _page_url(show, before=rows[0].line) if rows and has_before else "",
        "next_url": _page_url(show, after=rows[-1].line) if rows and has_after else "",
        "promise": options_sentence(batch),
    }


def _line(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def _page_url(show: str, **place: int) -> str:
    parts: dict[str, str | int] = {"show": show} if show else {}
    return "?" + urlencode({**parts, **place})


def _tabs(batch: ImportBatch, show: str) -> list[Tab]:
    counts = batch.counts
    tabs = [
        Tab(
            key="",
            label=_("All"),
            count=counts.get("rows", 0),
            tone="",
            url="?",
            is_active=not show,
        )
    ]
    for key, (label, _word, tone) in RESULTS.items():
        if key == "conflict" and not counts.get(key):
            continue
        tabs.append(
            Tab(
                key=key,
                label=label,
                count=counts.get(key, 0),
                tone=tone,
                url=f"?show={key}",
                is_active=show == key,
            )
        )
    return tabs


def column_labels(batch: ImportBatch, custom: dict[str, CustomField]) -> list[dict[str, Any]]:
    """Each column with a sample and what becomes of it."""
    is_asked = batch.options.get("consent", {}).get("mode") == "column"
    return [
        {
            "name": one["name"],
            "sample": (one["samples"] or [""])[0],
            "label": label_of_key(one["field"], custom),
            "is_later": one["field"].startswith("later."),
            "is_ignored": one["field"] == ""
            or (one["field"].startswith("consent.") and not is_asked),
            "is_key": one["field"] in {"email", "public_id"}
            or one["field"].startswith("external."),
        }
        for one in batch.columns
    ]


def facts_of(batch: ImportBatch) -> list[tuple[Any, Any]]:
    form = batch.format
    facts: list[tuple[Any, Any]] = [
        (_("File"), batch.file_name),
        (_("Rows"), formats.number(batch.counts.get("rows"))),
    ]
    if form.get("kind") == "xlsx":
        facts.append((_("Format"), _("Spreadsheet")))
    else:
        facts.append((_("Encoding"), ENCODINGS.get(form.get("encoding", ""), "")))
        facts.append((_("Separator"), DELIMITERS.get(form.get("delimiter", ""), "")))
    facts.append((_("Recognised by"), MATCHES[batch.options.get("match", AUTO)]))
    emptied = [one["name"] for one in batch.columns if one["policy"] == CLEAR and one["field"]]
    kept = _("keep what the record says")
    facts.append((_("Empty cells"), _emptying(emptied) if emptied else kept))
    return facts


def _emptying(columns: list[str]) -> str:
    return _("empty what the record says, in %(columns)s") % {"columns": ", ".join(columns)}


def options_sentence(batch: ImportBatch) -> list[str]:
    """What the options promise, a sentence each."""
    options = batch.options
    consent = options.get("consent", {}).get("mode", "no")
    said = [
        _("Those who exist are updated.")
        if options.get("update")
        else _("Those who exist stay as they are.")
    ]
    if options.get("activate"):
        said.append(_("Everybody is activated."))
    if options.get("mail"):
        said.append(_("Those without an account get a link to set a password."))
    said.append(
        {
            "yes": _("All of them agreed to marketing e-mails, with the proof that you gave."),
            "column": _("Who agreed to marketing e-mails is said by the file: %(columns)s.")
            % {"columns": ", ".join(consent_columns(batch.columns))},
        }.get(consent, _("Nobody is taken to have agreed to marketing e-mails."))
    )
    return said


def refused_sentence(batch: ImportBatch) -> str:
    """``214 in “RUT”, 96 in “Correo electrónico”, 48 repeated.``"""
    words = {
        "two_people": _("%(n)s for two customers at once"),
        "several": _("%(n)s for several customers"),
        "known": _("%(n)s with the ID number or phone of somebody else"),
        "gone": _("%(n)s in the trash"),
        "blocked": _("%(n)s with blocked data"),
        "taken": _("%(n)s with a value that must be unique"),
        "changed": _("%(n)s changed after the review"),
    }
    parts = []
    for group in refusal_groups(batch):
        if group.kind == "repeated":
            parts.append(
                ngettext("%(n)s repeated", "%(n)s repeated", group.count)
                % {"n": formats.number(group.count)}
            )
        elif group.kind in words:
            parts.append(words[group.kind] % {"n": formats.number(group.count)})
        elif group.column:
            parts.append(
                _("%(n)s in “%(column)s”")
                % {"n": formats.number(group.count), "column": group.column}
            )
        else:
            parts.append(_("%(n)s in their shape") % {"n": formats.number(group.count)})
    return ", ".join(parts[:8])


def _row(row: PlannedRow, custom: dict[str, CustomField]) -> ReviewRow:
    values = row.values
    names = (values["first_name"], values["last_name"], values["second_last_name"])
    _tab, label, tone = RESULTS[row.result]
    is_known = values["customer_id"] is not None
    return ReviewRow(
        line=row.line,
        result=row.result,
        label=label,
        tone=tone,
        name=" ".join(part for part in names if part) or values["email"] or "–",
        email=values["email"] or phone_display(values["phone"] or ""),
        changes=_changes(values, custom) if is_known and row.result != "reject" else [],
        additions=_additions(values) if is_known and row.result in {"create", "update"} else [],
        summary=_summary(row, is_known),
        errors=row.errors if row.result in {"reject", "conflict"} else [],
        remarks=_remarks(values),
    )


def _remarks(values: dict[str, Any]) -> list[str]:
    remarks = list(values["remarks"] or [])
    if values["matched_by"] == "alias":
        remarks.append(_("Recognised by another address of theirs."))
    if values["matched_by"] == NUMBER and values["customer_id"]:
        remarks.append(_("Recognised by their ID number alone."))
    if values["matched_by"] == PHONE and values["customer_id"]:
        remarks.append(_("Recognised by their phone alone."))
    return remarks


def _summary(row: PlannedRow, is_known: bool) -> str:
    if row.result == "unchanged":
        return _("All as in the record")
    if row.result != "create":
        return ""
    if is_known:
        return _("Comes back from the trash")
    values = row.values
    told = [
        (_("phone"), values["phone"]),
        (pgettext("within a sentence", "ID number"), values["id_number"]),
        (_("city"), values["city"]),
        (_("birthday"), values["birth_month"]),
        (_("gender"), values["gender"]),
        (_("tags"), values["tags"]),
        (_("address"), values["address"]),
    ]
    named = [name for name, value in told if value]
    count = sum(bool(values[name]) for name in COUNTED) + len(values["custom"] or {})
    text = ngettext("New, with %(n)s datum", "New, with %(n)s data", count) % {
        "n": formats.number(count)
    }
    return f"{text}: {', '.join(named[:MOST_NAMED])}" if named else text


COUNTED = (
    "first_name", "last_name", "second_last_name", "email", "phone", "id_number", "gender", "city",
    "country", "birth_month", "tags", "categories", "externals", "address", "note", "consents",
    "registration_code", "sharing_code",
)  # fmt: skip


def _changes(values: dict[str, Any], custom: dict[str, CustomField]) -> list[Change]:
    before, after = values["before"] or {}, values["after"] or {}
    changes = [
        Change(_field_label(key, custom), _shown(key, before), _shown(key, after))
        for key in after
        if key not in HIDDEN and key != "custom"
    ]
    if "birth_date" not in after and "birth_month" in after:
        changes.append(Change(_("Birthday"), _month_day(before), _month_day(after)))
    for key, value in (after.get("custom") or {}).items():
        held = (before.get("custom") or {}).get(key)
        changes.append(Change(_field_label(CUSTOM + key, custom), _text(held), _text(value)))
    return changes


def _field_label(key: str, custom: dict[str, CustomField]) -> str:
    return label_of_key({"birth_date": "birthday"}.get(key, key), custom)


def _shown(key: str, values: dict[str, Any]) -> str:
    value = values.get(key)
    if value in (None, ""):
        return _("no datum")
    if key == "phone":
        return phone_display(value)
    if key == "id_number":
        return id_number_display(values.get("id_type", ""), value)
    if key == "birth_date":
        return formats.day(date.fromisoformat(value))
    return str(
        {"gender": GENDERS, "status": STATUSES, "lifecycle": STAGES}.get(key, {}).get(value, value)
    )


def _month_day(values: dict[str, Any]) -> str:
    month, day = values.get("birth_month"), values.get("birth_day")
    return f"{day:02}-{month:02}" if month and day else _("no datum")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("no datum") if value in (None, "") else str(value)


def _additions(values: dict[str, Any]) -> list[str]:
    said = []
    if values["tags"]:
        said.append(_("Tags: %(names)s") % {"names": ", ".join(values["tags"])})
    if values["categories"]:
        said.append(_("Category: %(names)s") % {"names": ", ".join(values["categories"])})
    if values["externals"]:
        codes = ", ".join(code.partition(":")[2] for code in values["externals"])
        said.append(_("Code: %(codes)s") % {"codes": codes})
    if values["address"]:
        said.append(_("Address: %(address)s") % {"address": values["address"].get("line1", "")})
    if values["note"]:
        said.append(_("A note"))
    if values["registration_code"] and values["customer_id"] is None:
        code = code_shown(values["registration_code"])
        said.append(_("Registration code: %(code)s") % {"code": code})
    if values["sharing_code"]:
        code = code_shown(values["sharing_code"])
        said.append(_("Sharing code: %(code)s") % {"code": code})
    return said + [_consent(one) for one in values["consents"] or []]


def _consent(said: dict[str, str]) -> str:
    if said["channel"] == "sms":
        return _("Agrees to SMS") if said["value"] == "granted" else _("No longer agrees to SMS")
    if said["value"] == "granted":
        return _("Agrees to marketing e-mails")
    return _("No longer agrees to marketing e-mails")
