"""How fast customers come in from a file, beside what the database could do at best."""

import csv
import io
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self, TextIO

from django.db import connection

from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.importing import files
from customers.importing.batches import (
    batch_apply,
    batch_configure,
    batch_create,
    batch_stage,
)
from customers.importing.cleaning import STAGED
from customers.importing.documents import rut_digit
from customers.importing.staging import rows_forget
from customers.models import ImportBatch

HEADER = (
    "Código", "Nombre", "Apellido paterno", "Apellido materno", "Correo", "Teléfono", "RUT",
    "Género", "Ciudad", "Fecha nacimiento", "Fecha de registro", "Etiquetas",
)  # fmt: skip
FIRST = "Marta Luis Ana Sofía Diego Tomás Josefa Rocío Iván Elena Bruno Camila".split()
LAST = "Rojas Muñoz González Díaz Pérez Soto Contreras Silva Núñez Ortiz Vera Lagos".split()
CITIES = ("Santiago", "Valparaíso", "Concepción", "Ñuñoa", "Temuco", "La Serena", "Iquique")
TAGS = ("", "", "mayorista", "feria", "newsletter", "vip")
SAMPLE_SECONDS = 0.1
BIRTH = date(1945, 1, 1)
WRITTEN = (
    "first_name, last_name, second_last_name, email, email_key, phone, id_type, id_number, "
    "gender, city, birth_date, birth_month, birth_day"
)


def bench_import(size: int) -> dict[str, Any]:
    """Import ``size`` new people: staging with its plan, apply, memory; then the yardsticks.

    What was imported is deleted again.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        mark = f"b{time.time_ns():x}"
        with path.open("w", encoding="utf-8", newline="") as file:
            write_people(file, size, mark)
        batch = _uploaded(path)
    try:
        staging, staging_memory = _measured(batch_stage(batch=batch))
        batch.refresh_from_db()
        copy, upsert = _yardsticks(batch)
        applying, applying_memory = _measured(batch_apply(batch=batch))
    finally:
        _forget(batch)
    total = staging + applying
    return {
        "rows": size,
        "rows_per_s": round(size / total),
        "rows_per_s_yardstick": round(size / (copy + upsert)),
        "staging_rows_per_s": round(size / staging),
        "staging_rows_per_s_yardstick": round(size / copy),
        "apply_rows_per_s": round(size / applying),
        "apply_rows_per_s_yardstick": round(size / upsert),
        "ratio": round((copy + upsert) / total, 3),
        "rss_mb": max(staging_memory, applying_memory),
    }


def content(size: int, mark: str) -> str:
    out = io.StringIO()
    write_people(out, size, mark)
    return out.getvalue()


def write_people(file: TextIO, size: int, mark: str) -> None:
    writer = csv.writer(file, delimiter=";")
    writer.writerow(HEADER)
    writer.writerows(people(size, mark))


def people(size: int, mark: str) -> Iterator[list[str]]:
    """Believable rows, the same for equal arguments."""
    chance = random.Random(size)  # noqa: S311  invented people
    for number in range(size):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        rut = str(3_000_000 + number * 7 % 22_000_000)
        born = BIRTH + timedelta(days=chance.randrange(21_000))
        yield [
            f"{mark}-{number}",
            first,
            last,
            chance.choice(LAST),
            f"{mark}.{number}@correo.example",
            f"09 {chance.randrange(3000, 9999)} {chance.randrange(1000, 9999)}",
            f"{int(rut):,}".replace(",", ".") + "-" + rut_digit(rut),
            "Mujer" if number % 2 else "Hombre",
            chance.choice(CITIES),
            f"{born:%d-%m-%Y}",
            f"{chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/{2021 + number % 5} "
            f"{chance.randrange(24):02}:{chance.randrange(60):02}",
            chance.choice(TAGS),
        ]


def _uploaded(path: Path) -> ImportBatch:
    batch = batch_create(name=path.name, blocks=files.blocks_of(path))
    return batch_configure(
        batch=batch,
        columns=[{"field": one["field"], "policy": one["policy"]} for one in batch.columns],
        options={"update": True, "consent": {"mode": "no"}},
    )


def _measured(job: Job) -> tuple[float, int]:
    """Seconds of a job, and the peak megabytes meanwhile, with the cleaning processes."""
    with Memory() as memory:
        start = time.perf_counter()
        done = job_run_now(job=job)
        seconds = time.perf_counter() - start
    done.refresh_from_db()
    if done.state != Job.State.SUCCEEDED:
        raise RuntimeError(done.failure)
    return seconds, memory.peak


def _yardsticks(batch: ImportBatch) -> tuple[float, float]:
    """Seconds of a raw COPY of the staged rows, and of one bare upsert of them.

    The upsert goes into a table with the columns, constraints and indexes of the customers, and
    none of their triggers.
    """
    names = ", ".join(STAGED)
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNLOGGED TABLE bench_rows (LIKE customers_importrow INCLUDING ALL)")
        cursor.execute("CREATE TABLE bench_people (LIKE customers_customer INCLUDING ALL)")
        try:
            with cursor.copy(
                f"COPY (SELECT {names} FROM customers_importrow WHERE batch_id = %s) TO STDOUT",
                [batch.pk],
            ) as copy:
                text = b"".join(bytes(block) for block in copy)
            start = time.perf_counter()
            with cursor.copy(f"COPY bench_rows ({names}) FROM STDIN") as copy:
                copy.write(text)
            copied = time.perf_counter() - start
            start = time.perf_counter()
            cursor.execute(UPSERT)
            return copied, time.perf_counter() - start
        finally:
            cursor.execute("DROP TABLE IF EXISTS bench_rows, bench_people")


SOURCE = ", ".join(
    name if name.startswith("birth") else f"coalesce({name}, '')" for name in WRITTEN.split(", ")
)
UPSERT = f"""
INSERT INTO bench_people (
    public_id, lifecycle, lifecycle_reason, lifecycle_at, status, {WRITTEN}, country, language,
    time_zone, custom, registered_at, login_count, source, created_at, updated_at, version,
    search_text, sort_name)
SELECT gen_random_uuid(), 'lead', 'import', now(), 'active', {SOURCE}, '', '', '', '{{}}',
    registered_at, 0, 'import', now(), now(), 1,
    lower(concat_ws(' ', first_name, last_name, email_key, phone, id_number)), lower(first_name)
FROM bench_rows
ON CONFLICT (public_id) DO UPDATE SET first_name = excluded.first_name
"""  # noqa: S608  our own names


class Memory(threading.Thread):
    """Samples what this process and its children hold together; ``peak`` is in megabytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_resident, ["self", *_children()])))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._over.set()
        self.join()


def _children() -> list[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [child for task in tasks for child in task.read_text().split()]


def _resident(process: str) -> int:
    """Megabytes in memory; 0 for a process that has just ended, or where Linux is not."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def _forget(batch: ImportBatch) -> None:
    rows_forget(batch)
    files.forget(batch)
    made = "SELECT customer_id FROM customers_importchange WHERE batch_id = %s"
    with connection.cursor() as cursor:
        cursor.execute("SET clientela.ledger_maintenance = 'on'")
        for table in ("activity", "consentevent", "consentstate", "tagging", "externalid"):
            cursor.execute(
                f"DELETE FROM customers_{table} WHERE customer_id IN ({made})", [batch.pk]
            )  # noqa: S608
        cursor.execute(
            f"DELETE FROM customers_customeremail WHERE customer_id IN ({made})", [batch.pk]
        )  # noqa: S608
        cursor.execute(f"DELETE FROM customers_customer WHERE id IN ({made})", [batch.pk])  # noqa: S608
        cursor.execute("RESET clientela.ledger_maintenance")
    ImportBatch.objects.filter(pk=batch.pk).delete()
