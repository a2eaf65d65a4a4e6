"""The audit of targets: memberships compared with a fresh evaluation, a snapshot for each target.

Who has changes that upkeep has not taken yet, or was passed by time since its last sweep, is left
out and counted. Whatever differs beyond that is *drift*: an incident, stored with the difference
and repaired by a full evaluation.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from targets.capture import SHARDS
from targets.catalog import Catalog
from targets.models import AuditCheck, AuditRun, Drift, Target
from targets.selectors.evaluation import target_sql
from targets.upkeep.database import fetch, one_snapshot
from targets.upkeep.program import program_of, with_inner
from targets.upkeep.sweep import passed

logger = logging.getLogger(__name__)
MOST_PASSED = 100_000
STORED = 500
CHECKS_KEPT = 20
THERE = "SELECT id FROM targets_target WHERE id = ANY($1::bigint[]) ORDER BY id FOR KEY SHARE"
TIDY = """
DELETE FROM targets_auditcheck WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY target_id ORDER BY at DESC, id DESC) AS place
        FROM targets_auditcheck WHERE target_id = ANY($1::bigint[])) AS newest
    WHERE place > $2)
"""
INSTANT = "SELECT clock_timestamp(), (SELECT min(stands_at) FROM targets_shard)"
PENDING = """
SELECT customer_id FROM targets_change
UNION SELECT unnest(customers) FROM targets_bulkchange
UNION SELECT customer_id FROM targets_due WHERE due_at <= $1
"""
DRAW = """
SELECT id FROM targets_target WHERE evaluated_version = version
    AND NOT EXISTS (SELECT FROM targets_build WHERE target_id = targets_target.id)
ORDER BY random() LIMIT $1
"""
COMPARE = """
WITH fresh AS MATERIALIZED ({members}),
held AS (SELECT customer_id AS id FROM targets_membership WHERE target_id = %(target)s),
wrong AS (
    SELECT id, false AS is_held FROM (SELECT id FROM fresh EXCEPT SELECT id FROM held) AS missing
    UNION ALL
    SELECT id, true FROM (SELECT id FROM held EXCEPT SELECT id FROM fresh) AS surplus)
SELECT id, is_held FROM wrong WHERE NOT id = ANY(%(pending)s::bigint[]) ORDER BY id
"""

# ids of people, and whether they are held
Wrong = list[tuple[int, bool]]


@dataclass(frozen=True)
class Audit:
    """``checked`` targets, ``pending`` people left out, ``drift`` pairs that were wrong."""

    checked: int
    pending: int
    drift: int


@dataclass(frozen=True)
class Check:
    """One target compared ``at`` an instant, ``pending`` people left out."""

    target: Target
    at: datetime
    pending: int
    wrong: Wrong


def targets_audit(*, sample: int | None = None, slugs: Iterable[str] = ()) -> Audit:
    """Compare some random targets, or those named, or all; store what was found.

    ``pending`` is that of the check that left out most people.
    """
    checks = [found for pk in _drawn(sample, slugs) if (found := _check(pk)) is not None]
    _keep(checks)
    pending = max((one.pending for one in checks), default=0)
    drift = sum(len(one.wrong) for one in checks)
    AuditRun.objects.create(
        checked=len(checks),
        pairs=sum(one.target.members_count for one in checks),
        pending=pending,
        drift=drift,
    )
    return Audit(len(checks), pending, drift)


def _drawn(sample: int | None, slugs: Iterable[str]) -> list[int]:
    wanted = list(slugs)
    if wanted:
        return list(Target.objects.filter(slug__in=wanted).values_list("pk", flat=True))
    return [row[0] for row in fetch(DRAW, sample)]


@one_snapshot()
def _check(pk: int) -> Check | None:
    """One target in a snapshot of its own, so that a long audit holds up nobody's tidying.

    None: upkeep does not follow it now, its rule cannot be evaluated, or time passed too many.
    """
    target = Target.objects.filter(pk=pk).first()
    rows = with_inner(target) if target else []
    behind = Target.objects.exclude(evaluated_version=F("version"))
    is_built = fetch("SELECT 1 FROM targets_build WHERE target_id = $1", pk)
    if target is None or is_built or behind.filter(pk__in=[row[0] for row in rows]).exists():
        return None
    now, stands_at = fetch(INSTANT)[0]
    program = program_of(rows, Catalog())
    if len(program.targets) < len(rows):
        return None
    swept, is_many = passed(program.edges, stands_at, now, range(SHARDS), most=MOST_PASSED)
    if is_many:
        return None
    pending = sorted({*swept, *(row[0] for row in fetch(PENDING, now))})
    return Check(target, now, len(pending), _wrong(target, now, pending))


def _wrong(target: Target, at: datetime, pending: list[int]) -> Wrong:
    """People whose membership differs. One processor: an audit waits, upkeep must not."""
    members, params = target_sql(target, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('max_parallel_workers_per_gather', '0', true)")
        cursor.execute(
            COMPARE.format(members=members),
            {**params, "target": target.pk, "pending": pending},
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _keep(checks: list[Check]) -> None:
    """What was found, of the targets that are still there; the oldest checks go."""
    with transaction.atomic():
        ids = [one.target.pk for one in checks]
        there = {row[0] for row in fetch(THERE, ids)}
        for one in checks:
            if one.target.pk in there:
                _store(one)
        fetch(TIDY, ids, CHECKS_KEPT)


def _store(check: Check) -> None:
    target, wrong = check.target, check.wrong
    surplus = sum(is_held for _one, is_held in wrong)
    AuditCheck.objects.create(
        target=target,
        at=check.at,
        members=target.members_count,
        missing=len(wrong) - surplus,
        surplus=surplus,
        pending=check.pending,
    )
    if not wrong:
        return
    logger.error("target %s drifted by %s people", target.slug, len(wrong))
    Drift.objects.create(
        target=target,
        version=target.version,
        missing=[one for one, is_held in wrong if not is_held][:STORED],
        surplus=[one for one, is_held in wrong if is_held][:STORED],
        number=len(wrong),
    )
