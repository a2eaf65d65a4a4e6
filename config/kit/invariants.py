"""What must always hold: each app adds a query that counts the rows that break a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise

from config.kit import audit, clock
from config.kit.models import JobFile
from config.kit.registry import Registry

# name -> how many rows break it (0 is well)
invariants: Registry[Callable[[], int]] = Registry("invariants")
invariants.register("audit_chain_broken", audit.broken_seals)
invariants.register("audit_entries_without_seal", audit.forgotten_entries)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How an invariant reads: what holds, and the page (``url_name``) where one looks after it."""

    text: str | Promise
    url_name: str = ""


words: Registry[Kept] = Registry("words of invariants")


def describe(texts: Mapping[str, str | Promise], *, url_name: str = "") -> None:
    """Say in whole sentences what each of these invariants keeps."""
    for name, text in texts.items():
        words.register(name, Kept(text=text, url_name=url_name))


def by_sql(name: str, query: str) -> None:
    """Register a query of ours that answers one number."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    invariants.register(name, count)


def violations() -> dict[str, int]:
    return {name: count() for name, count in invariants.items()}


@invariants.decorator("job_file_missing")
def job_files_missing() -> int:
    """Results that are still offered, and whose file is gone."""
    offered = JobFile.objects.filter(expires_at__gt=clock.now()).values_list("path", flat=True)
    return sum(not (settings.FILES_DIR / path).is_file() for path in offered.iterator())


by_sql(
    "job_running_without_a_worker",
    """SELECT count(*) FROM kit_job WHERE state = 'running'
    AND (lease_until IS NULL OR lease_until < now() - interval '1 hour')""",
)
by_sql(
    "event_undelivered_for_an_hour",
    "SELECT count(*) FROM kit_outboxevent WHERE recorded_at < now() - interval '1 hour'",
)
