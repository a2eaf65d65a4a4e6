"""``manage.py import_customers FILE``: check a file, show the plan, apply it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.importing.batches import (
    batch_apply,
    batch_configure,
    batch_create,
    batch_reformat,
    batch_stage,
    consent_columns,
)
from customers.importing.files import blocks_of
from customers.importing.mappings import mapping_named, mapping_use, mappings_by_name
from customers.importing.reports import refused_rows
from customers.models import ImportBatch

FORMAT = ("encoding", "delimiter", "has_header", "date_order", "decimal")
MAPPING_HELP = (
    "the name of a saved mapping, or a JSON file: "
    '{"format": {"encoding": …}, "columns": {"Header": "field" or '
    '{"field": …, "policy": "overwrite|clear|fill|skip"}}, "options": {"tag": …, "consent": …, '
    '"match": "id_number|phone"}}'
)


class Command(BaseCommand):
    help = "Import customers from a CSV or XLSX file and wait for the result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--mapping", metavar="F", help=MAPPING_HELP)
        parser.add_argument("--update", action="store_true", help="update those who exist")
        parser.add_argument("--dry-run", action="store_true", help="only show the plan")
        parser.add_argument(
            "--consent",
            metavar="EVIDENCE",
            help="these people agreed to marketing mail, and this is the proof",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self._import(options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as problem:
            raise CommandError(f"{options['file']}: {problem.strerror}") from problem
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._tell(result)

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        batch = batch_create(name=path.name, blocks=blocks_of(path))
        batch, wishes = mapped(batch, options["mapping"] or "")
        batch = configured(batch, wishes, options)
        wait_for(batch_stage(batch=batch))
        batch.refresh_from_db()
        changes = batch.counts["create"] + batch.counts["update"]
        if changes and not options["dry_run"]:
            wait_for(batch_apply(batch=batch))
            batch.refresh_from_db()
        return report(batch)

    def _tell(self, result: dict[str, Any]) -> None:
        for error in result["errors"]:
            place = f"{error['line']}, {error['column']}" if error["column"] else error["line"]
            self.stdout.write(f"{place}: {error['reason']}")
        for column in result["not_imported"]:
            self.stdout.write(_("Not imported: %(column)s") % {"column": column})
        self.stdout.write(
            _(
                "%(rows)d rows: %(created)d created, %(updated)d updated, "
                "%(unchanged)d unchanged, %(rejected)d rejected."
            )
            % result
        )


def mapped(batch: ImportBatch, wanted: str) -> tuple[ImportBatch, dict[str, Any]]:
    """The batch with a saved mapping, or what a mapping file asks for.

    :raises CommandError: neither a file nor a saved name.
    """
    if not wanted:
        return batch, {}
    if Path(wanted).is_file():
        return batch, read_mapping(Path(wanted))
    mapping = mapping_named(wanted)
    if mapping is None:
        names = ", ".join(one.name for one in mappings_by_name()) or "–"
        text = _("“%(name)s” is neither a file nor a saved mapping. Saved: %(names)s.")
        raise CommandError(text % {"name": wanted, "names": names})
    mapping_use(batch=batch, mapping=mapping)
    return ImportBatch.objects.select_related("mapping").get(pk=batch.pk), {
        "options": {key: value for key, value in mapping.options.items() if value}
    }


def read_mapping(path: Path) -> dict[str, Any]:
    """:raises CommandError: not a JSON object."""
    try:
        wishes = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise CommandError(f"{path}: {problem}") from problem
    if not isinstance(wishes, dict):
        raise CommandError(f"{path}: not a JSON object")
    return wishes


def configured(batch: ImportBatch, wishes: dict[str, Any], options: dict[str, Any]) -> ImportBatch:
    """The batch with what the mapping file and the options ask for."""
    changes = {name: value for name, value in wishes.get("format", {}).items() if name in FORMAT}
    if changes:
        batch = batch_reformat(batch=batch, changes=changes)
    columns = [{"field": one["field"], "policy": one["policy"]} for one in batch.columns]
    names = [one["name"] for one in batch.columns]
    for name, wish in wishes.get("columns", {}).items():
        if name not in names:
            raise CommandError(_("The file has no column “%(name)s”.") % {"name": name})
        columns[names.index(name)].update(wish if isinstance(wish, dict) else {"field": wish})
    wanted = dict(wishes.get("options", {}))
    return batch_configure(
        batch=batch,
        columns=columns,
        options={
            **wanted,
            "update": options["update"] or bool(wanted.get("update")),
            "consent": _consent(batch, columns, wanted, options["consent"]),
        },
    )


def _consent(
    batch: ImportBatch,
    columns: list[dict[str, str]],
    wanted: dict[str, Any],
    evidence: str | None,
) -> dict[str, str]:
    if evidence is not None:
        return {"mode": "yes", "evidence": evidence}
    wish = wanted.get("consent")
    if isinstance(wish, dict):
        return wish
    if wish:
        return {"mode": str(wish)}
    merged = [{**old, **new} for old, new in zip(batch.columns, columns, strict=True)]
    return {"mode": "column" if consent_columns(merged) else "no"}


def wait_for(job: Job) -> Job:
    """Run the job here, or wait for the worker that was quicker; again if that one lost it.

    :raises CommandError: it failed or was cancelled.
    """
    job = job_run_now(job=job)
    job.refresh_from_db()
    while job.is_active:
        job = job_run_now(job=job)
        job.refresh_from_db()
    if job.state != Job.State.SUCCEEDED:
        raise CommandError(job.failure or str(job.get_state_display()))
    return job


def report(batch: ImportBatch) -> dict[str, Any]:
    """The keys of ``--json``; rows held back count as rejected."""
    counts = batch.counts
    return {
        "rows": counts["rows"],
        "created": counts["create"],
        "updated": counts["update"],
        "unchanged": counts["unchanged"],
        "rejected": counts["reject"] + counts["conflict"],
        "errors": [
            {"line": row.line, "column": error["column"], "reason": error["reason"]}
            for row in refused_rows(batch)
            for error in row.errors
        ],
        "import": str(batch.public_id),
        "columns": {one["name"]: one["field"] for one in batch.columns},
        "not_imported": [
            one["name"]
            for one in batch.columns
            if one["field"] == "" or one["field"].startswith("later.")
        ],
    }
