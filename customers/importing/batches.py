"""The life of an import: upload, columns, review, apply, undo; each step is a job or a refusal."""

import uuid
from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.jobs.services import job_retry, job_start
from config.kit.models import Job
from customers.importing import files
from customers.importing.consents import COLUMN, NO, YES
from customers.importing.fields import AUTO, MATCHES
from customers.importing.formats import (
    DATE_ORDERS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    FileFormat,
)
from customers.importing.mapping import check_columns, map_columns
from customers.importing.sniffing import sniff
from customers.importing.undoing import UNDO_WITHIN
from customers.models import ImportBatch

State = ImportBatch.State
STAGE, APPLY, UNDO = "customers.import_stage", "customers.import_apply", "customers.import_undo"
EVIDENCE_LIMIT = 2000


def batch_create(
    *, name: str, blocks: Iterable[bytes], by: AbstractBaseUser | None = None
) -> ImportBatch:
    """Keep a file, find out how it is written and what its columns are.

    :raises DomainError: too large, empty, no table, no rows, a dangerous spreadsheet.
    """
    key = uuid.uuid4()
    path, kind, size = files.store(key, name, blocks)
    try:
        form = sniff(path, kind=kind)
        mapping = map_columns(path, form)
    except DomainError:
        files.forget(ImportBatch(public_id=key))
        raise
    form = form.changed(date_order=mapping.date_order, decimal=mapping.decimal)
    return ImportBatch.objects.create(
        public_id=key,
        file_name=_shown_name(name),
        path=f"{files.FOLDER}/{key}/{path.name}",
        size=size,
        format={**form.to_json(), "layout": mapping.layout, "warnings": mapping.warnings},
        columns=[column.to_json() for column in mapping.columns],
        options={"consent": {"mode": "", "evidence": ""}},
        counts={"estimate": files.lines_expected(path)},
        uploaded_by_id=by.pk if by else None,
    )


def _shown_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:200] or "import.csv"


@transaction.atomic
def batch_reformat(*, batch: ImportBatch, changes: dict[str, Any]) -> ImportBatch:
    """Read the file another way; the columns are recognised anew.

    :raises DomainError: an unknown value, or a file that makes no sense in this way.
    """
    batch = _in_state(batch, State.UPLOADED, State.REVIEW)
    known: dict[str, Container[Any]] = {
        "encoding": ENCODINGS,
        "delimiter": DELIMITERS,
        "date_order": DATE_ORDERS,
        "decimal": DECIMALS,
        "has_header": (True, False),
    }
    for name, value in changes.items():
        if name not in known or value not in known[name]:
            raise DomainError("format_unknown", _("There is no such choice."), field=name)
    form = FileFormat.from_json(batch.format).changed(**changes)
    if form.kind == "xlsx":
        form = form.changed(encoding="utf-8", delimiter=",")
    mapping = map_columns(files.batch_path(batch), form)
    batch.format = {**form.to_json(), "layout": mapping.layout, "warnings": mapping.warnings}
    batch.columns = [column.to_json() for column in mapping.columns]
    batch.state, batch.mapping = State.UPLOADED, None
    batch.save(update_fields=["format", "columns", "state", "mapping"])
    return batch


@transaction.atomic
def batch_configure(
    *,
    batch: ImportBatch,
    columns: list[dict[str, Any]],
    options: dict[str, Any],
    format_changes: dict[str, Any] | None = None,
) -> ImportBatch:
    """Fix what becomes of the columns, and the options.

    ``columns``: for each column of the batch, in order, ``field`` and ``policy``. ``options``:
    update, activate, mail (booleans), tag, category (texts), consent (mode and evidence), match
    (a key of ``MATCHES``).

    :raises DomainError: what cannot be, at its field.
    """
    batch = _in_state(batch, State.UPLOADED, State.REVIEW)
    if len(columns) != len(batch.columns):
        raise DomainError("columns_differ", _("The columns of the file changed meanwhile."))
    merged = [{**old, **new} for old, new in zip(batch.columns, columns, strict=True)]
    check_columns(merged)
    batch.columns = merged
    batch.options = _options(options, merged)
    batch.format = {**batch.format, **(format_changes or {})}
    batch.state = State.UPLOADED
    batch.save(update_fields=["columns", "options", "format", "state"])
    return batch


def _options(options: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    consent = options.get("consent") or {}
    mode, evidence = consent.get("mode", ""), str(consent.get("evidence", "")).strip()
    if mode not in (NO, COLUMN, YES):
        raise DomainError(
            "consent_unanswered",
            _("Say whether these people agreed to receive marketing e-mails."),
            field="consent",
        )
    if mode == YES and not evidence:
        raise DomainError(
            "consent_needs_evidence",
            _("Say how these people agreed: a form, a contract, a signed sheet."),
            field="evidence",
        )
    if mode == COLUMN and not consent_columns(columns):
        raise DomainError(
            "consent_without_column",
            _("No column of the file says who agreed. Choose one above."),
            field="consent",
        )
    return {
        **{name: bool(options.get(name)) for name in ("update", "activate", "mail")},
        "match": _match(str(options.get("match") or AUTO), columns),
        "tag": _word(options.get("tag"), 80),
        "category": _word(options.get("category"), 60),
        "consent": {"mode": mode, "evidence": evidence[:EVIDENCE_LIMIT] if mode == YES else ""},
    }


def _match(key: str, columns: list[dict[str, Any]]) -> str:
    if key not in MATCHES:
        raise DomainError("match_unknown", _("There is no such choice."), field="match")
    if key and all(one["field"] != key for one in columns):
        raise DomainError(
            "match_without_column",
            _("No column of the file becomes that. Choose one above."),
            field="match",
        )
    return key


def _word(value: Any, limit: int) -> str:
    return " ".join(str(value or "").split())[:limit]


def consent_columns(columns: list[dict[str, Any]]) -> list[str]:
    """Names of the columns that say who agreed."""
    return [str(one["name"]) for one in columns if str(one["field"]).startswith("consent.")]


@transaction.atomic
def batch_stage(*, batch: ImportBatch, by: AbstractBaseUser | None = None) -> Job:
    """Start the check of every row; the plan can be reviewed when the job is done."""
    batch = _in_state(batch, State.UPLOADED, State.REVIEW)
    return _start(batch, STAGE, State.STAGING, by, _("Check %(name)s"))


@transaction.atomic
def batch_apply(
    *,
    batch: ImportBatch,
    by: AbstractBaseUser | None = None,
    request: HttpRequest | None = None,
) -> Job:
    """Start applying the plan that was reviewed."""
    batch = _in_state(batch, State.REVIEW)
    if not batch.counts.get("create") and not batch.counts.get("update"):
        raise DomainError("nothing_to_apply", _("This plan changes nothing."))
    return _start(batch, APPLY, State.APPLYING, by, _("Import %(name)s"), request)


@transaction.atomic
def batch_undo(
    *,
    batch: ImportBatch,
    by: AbstractBaseUser | None = None,
    request: HttpRequest | None = None,
) -> Job:
    """Start taking back a batch that was applied, wholly or until it was stopped."""
    batch = _in_state(batch, State.APPLIED, State.FAILED)
    if not can_undo(batch):
        raise DomainError(
            "undo_too_late", _("An import can be undone within 30 days; this one is older.")
        )
    return _start(batch, UNDO, State.UNDOING, by, _("Undo the import %(name)s"), request)


@transaction.atomic
def batch_resume(*, batch: ImportBatch) -> Job:
    """Go on with a plan whose job was cancelled or failed on the way."""
    batch = _in_state(batch, State.FAILED)
    job = cast("Job", batch.job)
    job_retry(job=job)
    batch.state = State.APPLYING
    batch.save(update_fields=["state"])
    return job


def can_undo(batch: ImportBatch, *, now: datetime | None = None) -> bool:
    state = state_of(batch)
    if state == State.FAILED:
        return True
    applied_at = batch.applied_at
    return (
        state == State.APPLIED
        and applied_at is not None
        and (now or clock.now()) - applied_at <= UNDO_WITHIN
    )


def state_of(batch: ImportBatch) -> str:
    """Where the batch is; a job that ended on the way leaves it where it can go on."""
    if batch.job is None or batch.job.state not in (Job.State.FAILED, Job.State.CANCELLED):
        return batch.state
    return {
        State.STAGING.value: State.UPLOADED.value,
        State.APPLYING.value: State.FAILED.value,
        State.UNDOING.value: State.APPLIED.value,
    }.get(batch.state, batch.state)


def _start(
    batch: ImportBatch,
    kind: str,
    state: str,
    by: AbstractBaseUser | None,
    title: str,
    request: HttpRequest | None = None,
) -> Job:
    job = job_start(
        kind=kind,
        params={"batch": str(batch.public_id)},
        by=by,
        title=(title % {"name": batch.file_name})[:200],
    )
    batch.job = job
    batch.state = state
    batch.save(update_fields=["job", "state"])
    if kind != STAGE:
        audit.record(f"{kind.replace('_', '.')}_started", actor=by, subject=batch, request=request)
    return job


def _in_state(batch: ImportBatch, *states: str) -> ImportBatch:
    """The batch, locked.

    :raises DomainError: it is elsewhere in its life.
    """
    held = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    )
    held.state = state_of(held)
    if held.state not in states:
        raise DomainError(
            "import_elsewhere",
            _("This import is already further on: %(state)s.")
            % {"state": held.get_state_display()},
        )
    return held
