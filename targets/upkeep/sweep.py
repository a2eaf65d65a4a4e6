"""Time's own changes: whom the edges of windows, days and ages passed between two instants."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from targets.capture import SHARDS
from targets.compiling.compiler import LIVE
from targets.compiling.edges import PERSON, Edge, scan_key
from targets.compiling.instant import Instant
from targets.upkeep.database import fetch, ids

LONGEST_STEP = timedelta(days=7)


def step_after(stands_at: datetime, now: datetime) -> datetime:
    """How far one sweep goes: after a long stop time is made up for in steps."""
    return min(now, stands_at + LONGEST_STEP)


def passed(
    edges: Iterable[Edge], before: datetime, after: datetime, shards: Sequence[int], *, most: int
) -> tuple[dict[int, set[str]], bool]:
    """Some of the people whose truths may differ between the instants; whether there are more.

    With each person the keys of the scans that found them.
    """
    found: dict[int, set[str]] = {}
    for scan, params in _scans(edges, before, after):
        key = scan_key(scan)
        for row in fetch(f"{scan_sql(scan)} LIMIT $4", ids(shards), *params, most + 1):
            found.setdefault(row[0], set()).add(key)
        if len(found) > most:
            return {}, True
    return found, False


def queue_passed(
    edges: Iterable[Edge],
    before: datetime,
    after: datetime,
    shards: Sequence[int],
    source: str,
) -> None:
    """Have all of those people evaluated, in pieces."""
    for scan, params in _scans(edges, before, after):
        fetch(
            "INSERT INTO targets_bulkchange (shard, customers, source, key) "  # noqa: S608
            f"SELECT customer_id % {SHARDS}, array_agg(DISTINCT customer_id), $4, $5 "
            f"FROM ({scan_sql(scan)}) AS passed GROUP BY 1, customer_id / 2000",
            ids(shards),
            *params,
            source,
            scan_key(scan),
        )


def _scans(
    edges: Iterable[Edge], before: datetime, after: datetime
) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    """Each scan with the places of its edges before and after, as arrays."""
    first = Instant(before, settings.SITE_TIME_ZONE)
    last = Instant(after, settings.SITE_TIME_ZONE)
    spans: dict[tuple[str, ...], dict[tuple[Any, Any], None]] = {}
    for edge in edges:
        for span in edge.spans(first, last):
            spans.setdefault(edge.scan, {})[span] = None
    return [
        (scan, (_array(one for one, _to in found), _array(to for _one, to in found)))
        for scan, found in spans.items()
    ]


def _array(values: Iterable[Any]) -> str:
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def scan_sql(scan: tuple[str, ...]) -> str:
    """Edge by edge: without the OFFSET the planner joins them to the whole table.

    Of the records only the live ones, by their indexes: the others are in no target, and who
    comes back changes.
    """
    table, person, moment, cast, condition = scan
    if table == PERSON:
        condition = f"{condition} AND {LIVE}"
    return (
        "SELECT row.customer_id FROM "  # noqa: S608
        f"unnest($2::{cast}[], $3::{cast}[]) AS edge(before, after) CROSS JOIN LATERAL ("
        f"SELECT {person} AS customer_id FROM {table} "
        f"WHERE {moment} >= least(edge.before, edge.after) "
        f"AND {moment} <= greatest(edge.before, edge.after) AND {condition} OFFSET 0) AS row "
        f"WHERE row.customer_id % {SHARDS} = ANY($1::bigint[])"
    )
