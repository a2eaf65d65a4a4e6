"""Full evaluation: memberships become exactly who satisfies the rule at one instant."""

import logging
from dataclasses import dataclass
from datetime import timedelta

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
from targets.models import MembershipChange, Target, TargetSize
from targets.nesting import dependents_of, in_order
from targets.rules.problems import RuleRefused
from targets.selectors.evaluation import target_sql

logger = logging.getLogger(__name__)
REFRESH_LOCK = 7_302
REFRESH_EVERY = timedelta(minutes=5)
BUDGET = timedelta(seconds=50)
MEMORY = "256MB"
JOB_KIND = "targets.refresh"

# One statement, so one snapshot: who satisfies the rule, who entered, who left, and the log.
DIFFERENCE = """
WITH matched AS MATERIALIZED ({members}),
gone AS (
    DELETE FROM targets_membership AS held WHERE held.target_id = %(target)s
        AND NOT EXISTS (SELECT 1 FROM matched WHERE matched.id = held.customer_id)
    RETURNING held.customer_id
),
come AS (
    INSERT INTO targets_membership (target_id, customer_id, entered_at)
    SELECT %(target)s, matched.id, %(at)s FROM matched
    WHERE NOT EXISTS (SELECT 1 FROM targets_membership AS held
                      WHERE held.target_id = %(target)s AND held.customer_id = matched.id)
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


@transaction.atomic
def target_refresh(*, target: Target) -> Difference | None:
    """Evaluate the rule at this instant and write the difference to memberships and their log.

    1. One evaluation of a target at a time; a second one waits, then finds little to do.
    2. The rule and its version are read under that lock, the instant is taken after it.
    3. One statement finds, compares, writes and logs; the counters follow.

    None: the target is gone, or its rule can no longer be evaluated.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REFRESH_LOCK, target.pk])
    held = Target.objects.filter(pk=target.pk).first()
    if held is None:
        return None
    at = clock.now()
    try:
        members, params = target_sql(held, at)
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
    Target.objects.filter(pk=held.pk).update(
        members_count=difference.members, evaluated_at=at, evaluated_version=held.version
    )
    if is_new or difference.entered or difference.left:
        TargetSize.objects.create(
            target=held,
            at=at,
            members=difference.members,
            entered=difference.entered,
            left=difference.left,
        )
    return difference


def targets_refresh_due() -> int:
    """Evaluate what was saved since, or was last evaluated too long ago; the oldest first.

    Stops after 50 seconds: the next minute goes on. Returns how many were evaluated.
    """
    started = clock.now()
    due = Target.objects.filter(
        Q(evaluated_at=None)
        | Q(evaluated_at__lt=started - REFRESH_EVERY)
        | ~Q(evaluated_version=F("version"))
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
