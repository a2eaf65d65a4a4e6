"""The audit of targets: memberships compared with a fresh evaluation, in one snapshot.

Who has changes that upkeep has not taken yet, or was passed by time since its last sweep, is left
out and counted. Whatever differs beyond that is *drift*: an incident, stored with the difference
and repaired by a full evaluation.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from targets.capture import SHARDS
from targets.models import AuditCheck, AuditRun, Drift, Target
from targets.rules.problems import RuleRefused
from targets.selectors.evaluation import target_sql
from targets.upkeep.database import fetch, one_snapshot
from targets.upkeep.program import Program, load_program
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


def targets_audit(*, sample: int | None = None, slugs: Iterable[str] = ()) -> Audit:
    """Compare some random targets, or those named, or all; store what was found."""
    with one_snapshot():
        now, stands_at = fetch(INSTANT)[0]
        pending = {row[0] for row in fetch(PENDING, now)}
        program = load_program()
        swept, is_many = passed(program.edges, stands_at, now, range(SHARDS), most=MOST_PASSED)
        if is_many:
            return Audit(0, 0, 0)
        pending.update(swept)
        people = sorted(pending)
        found = [(one, _wrong(one, now, people)) for one in _drawn(program, sample, slugs)]
    checked = [(one, wrong) for one, wrong in found if wrong is not None]
    drift = sum(len(wrong) for _one, wrong in checked)
    _keep(checked, now, len(people))
    AuditRun.objects.create(
        checked=len(checked),
        pairs=sum(target.members_count for target, _wrong_ones in checked),
        pending=len(people),
        drift=drift,
    )
    return Audit(len(checked), len(people), drift)


def _drawn(program: Program, sample: int | None, slugs: Iterable[str]) -> list[Target]:
    """Only what upkeep follows: a rule that can no longer be evaluated has no truth."""
    followed = {one.pk for one in program.targets}
    wanted = list(slugs)
    if wanted:
        return list(Target.objects.filter(slug__in=wanted, pk__in=followed))
    drawn = [row[0] for row in fetch(DRAW, sample or len(followed) or 1)]
    return list(Target.objects.filter(pk__in=followed.intersection(drawn)))


def _wrong(target: Target, at: datetime, pending: list[int]) -> Wrong | None:
    """People whose membership differs; None: not to be evaluated."""
    try:
        members, params = target_sql(target, at)
    except RuleRefused:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            COMPARE.format(members=members),
            {**params, "target": target.pk, "pending": pending},
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _keep(checked: list[tuple[Target, Wrong]], at: datetime, pending: int) -> None:
    """What was found, of the targets that are still there; the oldest checks go."""
    with transaction.atomic():
        ids = [target.pk for target, _wrong_ones in checked]
        there = {row[0] for row in fetch(THERE, ids)}
        for target, wrong in checked:
            if target.pk in there:
                _store(target, wrong, at, pending)
        fetch(TIDY, ids, CHECKS_KEPT)


def _store(target: Target, wrong: Wrong, at: datetime, pending: int) -> None:
    surplus = sum(is_held for _one, is_held in wrong)
    AuditCheck.objects.create(
        target=target,
        at=at,
        members=target.members_count,
        missing=len(wrong) - surplus,
        surplus=surplus,
        pending=pending,
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
