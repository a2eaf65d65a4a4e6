"""Reading a file into the staging table ``customers_importrow``.

1. Rows of an earlier attempt go away.
2. The file is read, cleaned (in two processes, when it is large) and copied, a transaction for
   every ``COMMIT_EVERY`` rows, so that progress shows and a cancelled job stops soon.
3. What was refused stays, with its reasons; planning (``planning``) comes next.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import get_language

from config.kit import clock
from config.kit.jobs.run import JobRun
from customers.importing.cleaning import STAGED
from customers.importing.config import CleaningConfig
from customers.importing.destinations import custom_fields_of
from customers.importing.files import batch_path
from customers.importing.formats import FileFormat
from customers.importing.pool import cleaned_blocks
from customers.importing.reading import Record, names_of_columns, records
from customers.models import ImportBatch

COMMIT_EVERY = 50_000
IN_PROCESSES_FROM = 1024 * 1024
COPY = f"COPY customers_importrow ({', '.join(STAGED)}) FROM STDIN WITH (FORMAT csv)"


def rows_stage(batch: ImportBatch, run: JobRun) -> int:
    """Fill the staging table from the batch's file; returns the number of rows."""
    rows_forget(batch)
    path, form = batch_path(batch), FileFormat.from_json(batch.format)
    config = config_of(batch)
    in_processes = path.stat().st_size >= IN_PROCESSES_FROM
    count = 0
    with closing(cleaned_blocks(config, _body(path, form), in_processes=in_processes)) as blocks:
        while copied := _copy_some(blocks):
            count += copied
            run.progress(count, batch.counts.get("estimate"))
    analyse()
    return count


def _body(path: Path, form: FileFormat) -> Iterator[Record]:
    found = records(path, form)
    if form.has_header:
        next(found, None)
    return found


@transaction.atomic
def _copy_some(blocks: Iterator[tuple[int, bytes]]) -> int:
    copied = 0
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        while copied < COMMIT_EVERY and (block := next(blocks, None)):
            copy.write(block[1])
            copied += block[0]
    return copied


def config_of(batch: ImportBatch) -> CleaningConfig:
    form = FileFormat.from_json(batch.format)
    first = next(records(batch_path(batch), form), Record(1, [], None))
    names, _warnings = names_of_columns(first.cells, has_header=form.has_header)
    return CleaningConfig(
        batch_id=batch.pk,
        file_name=batch.file_name,
        names=names,
        format=batch.format,
        columns=batch.columns,
        options=batch.options,
        custom=[
            {"key": one.key, "label": one.label, "kind": one.kind, "options": one.options}
            for one in custom_fields_of().values()
        ],
        now=clock.now().isoformat(),
        language=get_language() or "es",
    )


def rows_forget(batch: ImportBatch) -> None:
    """Empty the staging table of a batch."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_importrow WHERE batch_id = %s", [batch.pk])


def rows_are_lost(batch: ImportBatch) -> bool:
    """A crash of the database server empties unlogged tables."""
    if not batch.counts.get("rows"):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM customers_importrow WHERE batch_id = %s)",
            [batch.pk],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def analyse() -> None:
    """Fresh statistics, or the planner believes that the table is empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_importrow")
