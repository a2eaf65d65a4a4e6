"""Full evaluation: memberships become exactly who satisfies the rule at one instant."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import clock
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from targets.capture import SHARDS
from targets.catalog import Catalog
from targets.compiling.edges import Edge
from targets.models import MembershipChange, Target, TargetSize
from targets.nesting import dependents_of, in_order
from targets.rules.problems import RuleRefused
from targets.selectors.evaluation import target_sql
from targets.upkeep.claims import queue_customers
from targets.upkeep.database import fetch, lock_switching, one_at_a_time, wait_for_batches
from targets.upkeep.program import program_of, rebuilt, with_inner
from targets.upkeep.sweep import queue_passed

logger = logging.getLogger(__name__)
REFRESH_LOCK = 7_302
BUDGET = timedelta(seconds=50)
SIZE_EVERY = timedelta(minutes=5)
MEMORY = "256MB"
JOB_KIND = "targets.refresh"

# Where a clock went back, upkeep stands ahead of it, and events that came until there were seen.
PRESENT = "SELECT clock_timestamp(), max(stands_at) FROM targets_shard"
# One statement, so one snapshot: who satisfies the rule, who entered, who left, and the log.
# The memberships are read once and compared as sets: an anti-join of the table with itself, planned
# while it is empty, would walk at each row over all rows that this statement has written.
DIFFERENCE = """
WITH matched AS MATERIALIZED ({members}),
held AS MATERIALIZED (SELECT customer_id FROM targets_membership WHERE target_id = %(target)s),
gone AS (
    DELETE FROM targets_membership AS past
    USING (SELECT customer_id FROM held EXCEPT SELECT id FROM matched) AS lost
    WHERE past.target_id = %(target)s AND past.customer_id = lost.customer_id
    RETURNING past.customer_id
),
come AS (
    INSERT INTO targets_membership (target_id, customer_id, entered_at)
    SELECT %(target)s, found.id, %(at)s
    FROM (SELECT id FROM matched EXCEPT SELECT customer_id FROM held) AS found
    RETURNING customer_id
),
logged AS (
    INSERT INTO targets_membershipchange (target_id, customer_id, is_entry, occurred_at, cause)
    SELECT %(target)s, customer_id, true, %(at)s, %(cause)s FROM come
    UNION ALL SELECT %(target)s, customer_id, false, %(at)s, %(cause)s FROM gone
)
SELECT (SELECT count(*) FROM matched), (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""


@dataclass(frozen=True)
class Difference:
    """What an evaluation changed."""

    members: int
    entered: int
    left: int


def refresh_start(*, target: Target, by: AbstractBaseUser | None = None) -> Job:
    """Queue the evaluation of a target and of those that refer to it."""
    return job_start(
        kind=JOB_KIND,
        params={"target": target.slug},
        by=by,
        title=_("Find the people of %(name)s") % {"name": target.name},
    )


@job_kind(
    JOB_KIND,
    title=gettext_lazy("Find the people of a target"),
    icon="target",
    permission="targets.view_target",
)
def run_refresh(run: JobRun) -> dict[str, int]:
    """The target first, then those that refer to it, each after what it stands on."""
    slug = run.params["target"]
    slugs = in_order({slug, *dependents_of(slug)})
    members = 0
    for done, one in enumerate(slugs):
        run.progress(done, len(slugs))
        target = Target.objects.filter(slug=one).first()
        found = target and target_refresh(target=target)
        if found and one == slug:
            members = found.members
    run.progress(len(slugs), len(slugs))
    return {"targets": len(slugs), "members": members}


def lock_building(pk: int) -> None:
    """Until the end of the transaction nobody builds the target; waits for who does.

    Taken before the target's row, which a build writes to at its end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REFRESH_LOCK, pk])


def target_refresh(*, target: Target) -> Difference | None:
    """Build the members of a rule anew, at one instant, beside the upkeep that goes on.

    1. One build of a target at a time; a second one waits, then finds little to do.
    2. From now on upkeep leaves this target's memberships alone and keeps whom it would have
       evaluated; batches that do not know that yet are waited for.
    3. One statement finds, compares, writes and logs: readers see the old members until it is
       committed, and all the new ones after that.
    4. In the same transaction, while no batch runs: those whom upkeep kept, and those whom time
       passed since the instant, are queued; the counters follow; upkeep takes the version over.

    None: the target is gone, or its rule can no longer be evaluated.
    """
    with one_at_a_time(REFRESH_LOCK, target.pk):
        fetch("INSERT INTO targets_build (target_id) VALUES ($1) ON CONFLICT DO NOTHING", target.pk)
        wait_for_batches()
        try:
            return _build(target.pk)
        finally:
            _give_back(target.pk)


@transaction.atomic
def _build(pk: int) -> Difference | None:
    held = Target.objects.filter(pk=pk).first()
    if held is None:
        return None
    at = max(clock.now(), *fetch(PRESENT)[0])
    try:
        members, params = target_sql(held, at)
        program = program_of(with_inner(held), Catalog())
    except RuleRefused as refusal:
        logger.warning("target %s cannot be evaluated: %s", held.slug, refusal.message)
        return None
    is_new = held.evaluated_version != held.version
    cause = MembershipChange.Cause.RULE if is_new else MembershipChange.Cause.REFRESH
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [MEMORY])
        cursor.execute(
            DIFFERENCE.format(members=members),
            {**params, "target": held.pk, "at": at, "cause": cause.value},
        )
        difference = Difference(*cursor.fetchone())
    _take_over(held, at, difference, program.edges)
    if is_new or difference.entered or difference.left:
        TargetSize.objects.create(
            target=held,
            at=at,
            members=difference.members,
            entered=difference.entered,
            left=difference.left,
        )
    return difference


@transaction.atomic
def _give_back(pk: int) -> None:
    """Upkeep may have the target again; whom it kept meanwhile is queued."""
    if not fetch("SELECT 1 FROM targets_build WHERE target_id = $1", pk):
        return
    lock_switching()
    kept = fetch("DELETE FROM targets_buildpending WHERE target_id = $1 RETURNING customer_id", pk)
    if kept:
        queue_customers((row[0] for row in kept), rebuilt(pk))
    fetch("DELETE FROM targets_build WHERE target_id = $1", pk)


def _take_over(held: Target, at: datetime, difference: Difference, edges: list[Edge]) -> None:
    """Queue whom the evaluation could not see yet, and hand the version over to upkeep."""
    lock_switching()
    _give_back(held.pk)
    stands_at = fetch("SELECT max(stands_at) FROM targets_shard")[0][0]
    if stands_at > at:
        queue_passed(edges, at, stands_at, range(SHARDS), rebuilt(held.pk))
    fetch("DELETE FROM targets_tally WHERE target_id = $1", held.pk)
    fetch("INSERT INTO targets_tally VALUES ($1, -1, $2)", held.pk, difference.members)
    Target.objects.filter(pk=held.pk).update(
        members_count=difference.members, evaluated_at=at, evaluated_version=held.version
    )


def targets_refresh_due() -> int:
    """Build what was saved since, and what a build that died left; the oldest first.

    Stops after 50 seconds: the next minute goes on. Returns how many were built.
    """
    started = clock.now()
    left = [row[0] for row in fetch("SELECT target_id FROM targets_build")]
    due = Target.objects.filter(
        Q(evaluated_at=None) | ~Q(evaluated_version=F("version")) | Q(pk__in=left)
    ).order_by(F("evaluated_at").asc(nulls_first=True), "id")
    by_slug = {target.slug: target for target in due}
    done = 0
    for slug in in_order(by_slug):
        if clock.now() - started > BUDGET:
            break
        done += target_refresh(target=by_slug[slug]) is not None
    return done


def log_deletion(target: Target) -> None:
    """Everyone leaves with the target."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO targets_membershipchange "
            "(target_id, customer_id, is_entry, occurred_at, cause) "
            "SELECT target_id, customer_id, false, %s, %s FROM targets_membership "
            "WHERE target_id = %s",
            [clock.now(), MembershipChange.Cause.DELETION.value, target.pk],
        )


SIZES = """
INSERT INTO targets_targetsize (target_id, at, members, entered, "left")
SELECT target.id, $1, counted.members, log.entered, log.gone
FROM targets_target AS target
CROSS JOIN LATERAL (
    SELECT max(at) AS at FROM targets_targetsize WHERE target_id = target.id) AS last
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE is_entry) AS entered, count(*) FILTER (WHERE NOT is_entry) AS gone
    FROM targets_membershipchange
    WHERE target_id = target.id AND occurred_at > last.at AND occurred_at <= $1) AS log
CROSS JOIN LATERAL (
    SELECT sum(members) AS members FROM targets_tally WHERE target_id = target.id) AS counted
WHERE last.at < $2 AND log.entered + log.gone > 0 AND counted.members IS NOT NULL
"""


@transaction.atomic
def sizes_keep() -> None:
    """Note the size of every target that people entered or left, at most every five minutes."""
    now = clock.now()
    fetch(SIZES, now, now - SIZE_EVERY)
    fetch("DELETE FROM targets_catalogchange WHERE at < $1", now - timedelta(hours=1))
