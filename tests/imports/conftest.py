"""Imports as a person or a command would run them, job by job."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.importing.batches import (
    batch_apply,
    batch_configure,
    batch_create,
    batch_stage,
    batch_undo,
)
from customers.importing.reports import refused_rows
from customers.models import ImportBatch

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
NO_CONSENT = {"mode": "no", "evidence": ""}


def blocks(content: str | bytes) -> list[bytes]:
    return [content.encode() if isinstance(content, str) else content]


def upload(content: str | bytes, name: str = "people.csv") -> ImportBatch:
    return batch_create(name=name, blocks=blocks(content))


def configure(
    batch: ImportBatch,
    *,
    fields: dict[str, str] | None = None,
    policies: dict[str, str] | None = None,
    **options: Any,
) -> ImportBatch:
    """``fields`` and ``policies`` by the name of the column; the rest is as recognised."""
    columns = [
        {
            "field": (fields or {}).get(one["name"], one["field"]),
            "policy": (policies or {}).get(one["name"], one["policy"]),
        }
        for one in batch.columns
    ]
    options.setdefault("consent", NO_CONSENT)
    return batch_configure(batch=batch, columns=columns, options=options)


def run(job: Job) -> Job:
    done = job_run_now(job=job)
    done.refresh_from_db()
    assert done.state == Job.State.SUCCEEDED, done.failure
    return done


def stage(batch: ImportBatch) -> ImportBatch:
    run(batch_stage(batch=batch))
    return ImportBatch.objects.get(pk=batch.pk)


def apply(batch: ImportBatch) -> ImportBatch:
    run(batch_apply(batch=batch))
    return ImportBatch.objects.get(pk=batch.pk)


def undo(batch: ImportBatch) -> ImportBatch:
    run(batch_undo(batch=batch))
    return ImportBatch.objects.get(pk=batch.pk)


def refusals(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Line, column and reason of whatever does not enter."""
    return [
        (row.line, error["column"], error["reason"])
        for row in refused_rows(batch)
        for error in row.errors
    ]


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    """Jobs without a person speak the language of the site."""
    settings.SITE_LANGUAGE = "en"


@pytest.fixture
def bring(db: None) -> Callable[..., ImportBatch]:
    """``bring(content, **options)``: upload, configure, check and apply."""

    def whole(content: str | bytes, *, name: str = "people.csv", **how: Any) -> ImportBatch:
        batch = stage(configure(upload(content, name), **how))
        if batch.counts["create"] + batch.counts["update"]:
            batch = apply(batch)
        return batch

    return whole
