"""``bench upkeep``: how long after a change a thousand targets follow it, and what that costs.

1. People are seeded if there are too few; targets are made and built (``upkeep_rules``).
2. The yardstick: changes are written, and a process only takes them off the queue.
3. Changes are written at a fixed rate, real workers follow them, 20 targets are audited meanwhile.
4. The same once more while a campaign's outcomes are settled.
5. When all is quiet targets are audited again; then everything is taken back.
"""

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction

from config.kit import clock
from config.kit.benching import burden_load
from config.kit.management.commands.seed import seed
from targets.benchmarks.upkeep_changes import Writers, changeable_people
from targets.benchmarks.upkeep_processes import Followed, Followers, database_cpu, sizes_mb
from targets.benchmarks.upkeep_rules import rules
from targets.capture import PERSON_TABLE
from targets.models import AuditRun, Target
from targets.rules.tree import VERSION
from targets.selectors.evaluation import people_count
from targets.services.refresh import target_refresh
from targets.upkeep.auditing import Audit, targets_audit
from targets.upkeep.claims import queue_customers
from targets.upkeep.database import fetch
from targets.upkeep.program import load_program
from targets.upkeep.worker import Upkeep

TARGETS: Final = 1_000
AUDITED: Final = 20
FULL_RATE: Final = 500
FULL_SECONDS: Final = 300
MAILS_A_CHANGE: Final = 6
ONE_CHANGE: Final = "INSERT INTO targets_change (customer_id, source) VALUES ($1, $2)"
FORGET: Final = (
    "SET LOCAL clientela.ledger_maintenance = 'on'",
    "DELETE FROM targets_membership WHERE target_id = ANY(%(targets)s)",
    "DELETE FROM targets_membershipchange WHERE target_id = ANY(%(targets)s)",
    "DELETE FROM targets_tally WHERE target_id = ANY(%(targets)s)",
    "DELETE FROM targets_buildpending WHERE target_id = ANY(%(targets)s)",
    "DELETE FROM targets_build WHERE target_id = ANY(%(targets)s)",
)


def bench_upkeep(size: int, *, rate: int = 0, seconds: int = 0) -> dict[str, Any]:
    """``rate`` changes a second for ``seconds``; both follow from the size if they are 0."""
    if people_count() < size:
        seed(customers=size - people_count(), months=12)
    rate = rate or min(FULL_RATE, max(10, size // 400))
    seconds = seconds or min(FULL_SECONDS, max(3, size // 2_000))
    people = people_count()
    figures: dict[str, Any] = {"customers": people, "rate_per_s": rate, "seconds": seconds}
    Upkeep().settle()
    with changeable_people() as changed, world(min(TARGETS, max(20, size // 20))) as (slugs, made):
        figures |= made
        figures |= {"memberships_per_customer": round(made["memberships"] / max(1, people), 1)}
        yardstick = _yardstick(changed, rate, max(2, seconds // 5))
        figures |= _measured(changed, slugs, rate, seconds)
        figures |= yardstick
        figures["ratio"] = round(figures["p99_ms"] / max(0.1, yardstick["p99_ms_yardstick"]), 2)
        figures |= _measured_with_mails(changed, slugs, rate, seconds)
        audit = targets_audit(slugs=slugs[:: max(1, len(slugs) // AUDITED)])
        figures["drift"] += audit.drift
        figures["audited_targets"] += audit.checked
        figures["pending_at_the_end"] = audit.pending
    Upkeep().settle()
    return figures


@contextmanager
def world(number: int) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Targets with their members; deleted with all that was written about them."""
    audits = AuditRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    made: list[Target] = []
    try:
        for slug, rule in rules(number, people_count()):
            document = {"version": VERSION, "rule": rule}
            made.append(Target.objects.create(slug=slug, name=slug, rule=document))
        started = clock.now()
        for target in made:
            target_refresh(target=target)
        took = (clock.now() - started).total_seconds()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE targets_membership, targets_membershipchange")
        yield [one.slug for one in made], {**_shape(made), "build_s": round(took, 1)}
    finally:
        _forget([one.pk for one in made], audits)


def _shape(made: list[Target]) -> dict[str, Any]:
    program = load_program()
    members = sorted(
        Target.objects.filter(pk__in=[one.pk for one in made]).values_list(
            "members_count", flat=True
        )
    )
    return {
        "targets": len(made),
        "leaves": len(set().union(*(one.leaves for one in program.targets))),
        "memberships": sum(members),
        "smallest_target": members[0],
        "median_target": round(statistics.median(members)),
        "largest_target": members[-1],
    }


def _forget(targets: list[int], audits: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement, {"targets": targets} if "%(" in statement else None)
        Target.objects.filter(pk__in=targets).delete()
        AuditRun.objects.filter(pk__gt=audits).delete()


def _yardstick(people: list[int], rate: int, seconds: int) -> dict[str, Any]:
    """What taking changes off the queue costs by itself; they are queued again."""
    with Followers(is_bare=True) as followers:
        fetch(ONE_CHANGE, people[0], PERSON_TABLE)  # taken: the process is there
        followers.wait_until_taken()
        followers.begin()
        Writers(people, rate=rate, seconds=seconds).end()
        followers.wait_until_taken()
    queue_customers(people, PERSON_TABLE)
    return {f"{key}_yardstick": value for key, value in followers.told.waits("live").items()}


def _measured(people: list[int], slugs: list[str], rate: int, seconds: int) -> dict[str, Any]:
    with Followers() as followers:
        followers.wait_until_quiet()
        followers.begin()
        grown, cpu = sizes_mb(), database_cpu()
        writers = Writers(people, rate=rate, seconds=seconds)
        audits = _audits(slugs, seconds)
        writers.end()
        caught_up = followers.wait_until_quiet()
        cpu = database_cpu() - cpu
    told = followers.told
    return {
        **told.waits("live"),
        **told.flip_lateness(),
        "changes": writers.number,
        "changes_per_s": round(writers.per_second, 1),
        "flips": told.flips,
        "caught_up_s": round(caught_up, 2),
        "drift": sum(one.drift for one in audits),
        "audited_targets": sum(one.checked for one in audits),
        "worker_cpu_s": round(told.cpu_s, 1),
        "worker_rss_mb": round(told.rss_mb),
        **({"database_cpu_s": round(cpu, 1)} if cpu else {}),
        **{f"{name}_growth_mb": round(now - grown[name], 2) for name, now in sizes_mb().items()},
    }


def _measured_with_mails(
    people: list[int], slugs: list[str], rate: int, seconds: int
) -> dict[str, Any]:
    burden = burden_load("mails", rate * MAILS_A_CHANGE * seconds)
    with Followers() as followers:
        followers.wait_until_quiet()
        followers.begin()
        writers = Writers(people, rate=rate, seconds=seconds)
        settling = burden.begin(seconds)
        audits = _audits(slugs, seconds)
        writers.end()
        settling.end()
        caught_up = followers.wait_until_quiet()
    told: Followed = followers.told
    found = {
        **told.waits("live"),
        **told.flip_lateness(),
        "mails": settling.number,
        "mails_per_s": round(settling.per_second),
        "late_max_s": round(max([*told.waits_ms("bulk"), *told.waits_ms("live")]) / 1000, 2),
        "caught_up_s": round(caught_up, 2),
        "drift": sum(one.drift for one in audits),
    }
    return {f"settling_{name}": value for name, value in found.items()}


def _audits(slugs: list[str], seconds: int) -> list[Audit]:
    """Of 20 targets, spread over the time in which changes are written."""
    chance = random.Random(len(slugs))  # noqa: S311
    chosen = chance.sample(slugs, min(AUDITED, len(slugs)))
    began, audits = time.monotonic(), []
    for place, slug in enumerate(chosen):
        time.sleep(max(0.0, began + place * seconds / len(chosen) - time.monotonic()))
        audits.append(targets_audit(slugs=[slug]))
    return audits
