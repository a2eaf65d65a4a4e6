"""Definitions of custom fields: made, changed, moved, disabled, deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.models import Customer, CustomField, User
from customers.registry import usages_of
from customers.rules.profile import clean_text

FORGET = "customers.forget_custom_values"
CHUNK = 5_000
FLAGS = ("is_unique", "is_required", "is_visible", "is_editable", "is_searchable")
WITH_OPTIONS = ("dropdown", "choice")
UNIQUE_KINDS = ("text", "number", "date")
REBUILD = """
INSERT INTO customers_customvalue (field_id, customer_id, text, number, date, unique_key)
SELECT made.* FROM customers_customer AS person,
    customers_custom_rows(person.id, person.custom) AS made
WHERE person.custom ? %s AND made.field_id = %s
"""
TWICE = """
SELECT count(*), min(value) FROM (
    SELECT customers_fold(custom ->> %s) AS value FROM customers_customer
    WHERE custom ? %s AND custom ->> %s <> '' GROUP BY 1 HAVING count(*) > 1) AS doubles
"""
FORGET_SQL = """
UPDATE customers_customer SET custom = custom - %s, version = version + 1
WHERE id IN (SELECT id FROM customers_customer WHERE id > %s AND custom ? %s ORDER BY id LIMIT %s)
RETURNING id
"""


@transaction.atomic
def custom_field_create(
    *,
    label: str,
    kind: str,
    values: Mapping[str, Any],
    by: User | None = None,
    request: HttpRequest | None = None,
) -> CustomField:
    """Define a field. ``values``: ``label_en``, ``help_text``, ``options`` and the flags.

    ``options`` are lines of text, or a list of ``{value, label}``.

    :raises DomainError: another field has this label, or the flags do not fit the kind.
    """
    field = CustomField(kind=kind, key=_free_key(label))
    field.position = (CustomField.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    _assign(field, label, values)
    _save(field)
    _record("created", field, by, request)
    return field


@transaction.atomic
def custom_field_update(
    *,
    field: CustomField,
    version: int,
    label: str,
    values: Mapping[str, Any],
    by: User | None = None,
    request: HttpRequest | None = None,
) -> CustomField:
    """Change a definition. Its key and kind stay; its searchable and unique rows follow the flags.

    :raises DomainError: ``version_conflict``; a value stands twice and it shall be unique; an
        option that people chose would go.
    """
    held = CustomField.objects.select_for_update().get(pk=field.pk)
    if held.version != version:
        raise DomainError("version_conflict", _("Somebody else changed this field meanwhile."))
    rows_before = (held.is_unique, held.is_searchable)
    options_before = held.options
    _assign(held, label, values)
    _refuse_losing_options(held, options_before)
    if rows_before != (held.is_unique, held.is_searchable):
        _rebuild_rows(held)
    held.version += 1
    _save(held)
    _record("updated", held, by, request)
    return held


def _assign(field: CustomField, label: str, values: Mapping[str, Any]) -> None:
    field.label = clean_text(label, limit=120, field="label")
    if not field.label:
        raise DomainError("label_empty", _("Write the name of the field."), field="label")
    for name in ("label_en", "help_text", *FLAGS):
        if name in values:
            setattr(field, name, values[name])
    if field.kind in WITH_OPTIONS:
        given = values.get("options", "")
        lines = given if isinstance(given, str) else _as_lines(given)
        known = field.options if isinstance(given, str) else [*field.options, *given]
        field.options = options_from_lines(lines, known)
    if field.is_unique and field.kind not in UNIQUE_KINDS:
        raise DomainError(
            "unique_does_not_fit",
            _("Only texts, numbers and dates can be unique."),
            field="is_unique",
        )
    if field.is_editable and not field.is_visible:
        raise DomainError(
            "editable_is_hidden",
            _("What customers may edit they must see."),
            field="is_editable",
        )


def _as_lines(options: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(f"{one['value']} = {one['label']}" for one in options)


def options_from_lines(lines: str, held: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """One option a line: its label, or ``value = label`` to rename one that exists.

    :raises DomainError: no option, or one twice.
    """
    by_label = {one["label"].casefold(): one["value"] for one in held}
    known = {one["value"] for one in held}
    made: dict[str, str] = {}
    for line in (one.strip() for one in lines.splitlines()):
        if not line:
            continue
        value, equals, label = (part.strip() for part in line.partition("="))
        if not (equals and value in known and label):
            label = line
            value = by_label.get(line.casefold()) or slugify(line)[:60] or f"o{len(made) + 1}"
        if value in made or label in made.values():
            raise DomainError(
                "option_twice",
                _("The option “%(label)s” stands twice.") % {"label": label},
                field="options",
            )
        made[value] = label[:120]
    if not made:
        raise DomainError("options_empty", _("Write at least one option."), field="options")
    return [{"value": value, "label": label} for value, label in made.items()]


def _refuse_losing_options(field: CustomField, before: Sequence[Mapping[str, str]]) -> None:
    kept = {one["value"] for one in field.options}
    for option in before:
        if option["value"] in kept:
            continue
        people = Customer.objects.filter(**{f"custom__{field.key}": option["value"]}).count()
        if people:
            raise DomainError(
                "option_in_use",
                ngettext(
                    "%(count)d person has “%(label)s”. It stays until nobody has it.",
                    "%(count)d people have “%(label)s”. It stays until nobody has it.",
                    people,
                )
                % {"count": people, "label": option["label"]},
                field="options",
            )


def _rebuild_rows(field: CustomField) -> None:
    """Writers wait while the rows are made, so that none slips through between the flags."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE customers_customer IN SHARE ROW EXCLUSIVE MODE")
        if field.is_unique:
            cursor.execute(TWICE, [field.key] * 3)
            row = cursor.fetchone()
            if row and row[0]:
                raise DomainError(
                    "unique_stands_twice",
                    ngettext(
                        "%(count)d value stands in more than one record: “%(value)s”.",
                        "%(count)d values stand in more than one record: “%(value)s”, for example.",
                        row[0],
                    )
                    % {"count": row[0], "value": row[1]},
                    field="is_unique",
                )
        cursor.execute("DELETE FROM customers_customvalue WHERE field_id = %s", [field.pk])
        CustomField.objects.filter(pk=field.pk).update(
            is_unique=field.is_unique, is_searchable=field.is_searchable
        )
        if field.is_unique or field.is_searchable:
            cursor.execute(REBUILD, [field.key, field.pk])


def _save(field: CustomField) -> None:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as cause:
        raise DomainError(
            "label_taken",
            _("There is a field “%(label)s” already.") % {"label": field.label},
            field="label",
        ) from cause


def _free_key(label: str) -> str:
    """A key out of the label that no field has, and no field that is being forgotten had."""
    stem = slugify(label).replace("-", "_")[:34] or "field"
    going = Job.objects.filter(kind=FORGET, state__in=Job.ACTIVE)
    taken = set(CustomField.objects.filter(key__startswith=stem).values_list("key", flat=True))
    taken |= {job.params.get("key", "") for job in going}
    if stem not in taken:
        return stem
    return next(f"{stem}_{n}" for n in range(2, 100_000) if f"{stem}_{n}" not in taken)


def _record(action: str, field: CustomField, by: User | None, request: HttpRequest | None) -> None:
    audit.record(
        f"customers.custom_field.{action}",
        actor=by,
        subject=field,
        data={
            "key": field.key,
            "label": field.label,
            "kind": field.kind,
            "flags": [name for name in FLAGS if getattr(field, name)],
        },
        request=request,
    )


@transaction.atomic
def custom_field_move(
    *,
    field: CustomField,
    up: bool,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> None:
    """Change places with the field before (or after) it; at the end of the list nothing moves."""
    rows = list(CustomField.objects.select_for_update().order_by("position", "id"))
    place = next(index for index, row in enumerate(rows) if row.pk == field.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for position, row in enumerate(rows, start=1):
            row.position = position
        CustomField.objects.bulk_update(rows, ["position"])
        _record("moved", field, by, request)


@transaction.atomic
def custom_field_disable(
    *, field: CustomField, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Take a field from forms and lists; values stay.

    :raises DomainError: something, a target for example, asks for it.
    """
    used = usages_of("custom_field", field)
    if used:
        raise DomainError(
            "custom_field_in_use", _("It is used by: %(names)s.") % {"names": ", ".join(used)}
        )
    CustomField.objects.filter(pk=field.pk, disabled_at=None).update(disabled_at=clock.now())
    _record("disabled", field, by, request)


@transaction.atomic
def custom_field_enable(
    *, field: CustomField, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Bring a disabled field back, with the values that people had."""
    CustomField.objects.filter(pk=field.pk).update(disabled_at=None)
    _record("enabled", field, by, request)


@transaction.atomic
def custom_field_delete(
    *, field: CustomField, by: User | None = None, request: HttpRequest | None = None
) -> Job:
    """Delete a disabled field; a job takes its values out of the records.

    :raises DomainError: it is still enabled, or one of the fields that every shop has.
    """
    if field.is_builtin:
        raise DomainError(
            "custom_field_is_builtin", _("This field comes with the product. Disable it instead.")
        )
    if field.disabled_at is None:
        raise DomainError("custom_field_is_enabled", _("Disable the field before you delete it."))
    _record("deleted", field, by, request)
    key, label = field.key, field.label
    field.delete()
    return job_start(
        kind=FORGET,
        params={"key": key},
        by=by,
        title=_("Deleting the field “%(label)s”") % {"label": label},
    )


@job_kind(FORGET, title=_("Deleting a custom field"), icon="forms")
def forget_custom_values(job: JobRun) -> dict[str, Any]:
    """Take one key out of all documents, 5,000 records at a time; the checkpoint is the last id."""
    key, last, done = job.params["key"], job.state.get("last", 0), job.state.get("done", 0)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FORGET_SQL, [key, last, key, CHUNK])
            ids = [row[0] for row in cursor.fetchall()]
            last, done = max(ids, default=last), done + len(ids)
            job.save_state(last=last, done=done)
        job.progress(done)
        if not ids:
            return {"records": done}
