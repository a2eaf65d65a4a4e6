"""Evaluating some people for the targets that their changes concern."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from targets.compiling.compiler import LIVE
from targets.compiling.instant import Instant
from targets.upkeep.bits import Bits, Truth, masks, read_truths
from targets.upkeep.claims import Claim
from targets.upkeep.database import fetch, ids
from targets.upkeep.program import Program, Statement, Tracked
from targets.upkeep.writing import Flips

LIVE_PEOPLE = (
    f"SELECT id FROM customers_customer AS person WHERE id = ANY($1::bigint[]) AND {LIVE} "  # noqa: S608
    "ORDER BY id"
)
HELD = "SELECT target_id, customer_id FROM targets_membership WHERE customer_id = ANY($1::bigint[])"
REMEMBER = (
    "INSERT INTO targets_buildpending SELECT target_id, customer_id "
    "FROM unnest($1::bigint[]) AS target_id CROSS JOIN unnest($2::bigint[]) AS customer_id"
)


def evaluate(program: Program, claim: Claim, now: datetime, building: Collection[int]) -> Flips:
    """What differs between these people's memberships and their rules at this instant.

    1. What is being built elsewhere is left alone: its people are kept for its next version.
    2. Which targets do the changes concern, and which families of leaves do those need?
    3. A statement a family answers for all the people; rules are combined bit by bit.
    4. Who is gone, merged away or in the trash is a member of nothing.
    """
    flips = Flips()
    people = sorted(claim.sources)
    if not people:
        return flips
    if building:
        fetch(REMEMBER, ids(building), ids(people))
    slugs = program.affected(claim.every_source())
    if not slugs:
        return flips
    targets, statements = program.needed(slugs)
    live = [row[0] for row in fetch(LIVE_PEOPLE, ids(people))]
    present = set(live)
    order = live + [one for one in people if one not in present]
    bits = _judged(targets, statements, live, now)
    held = masks(fetch(HELD, ids(people)), {one: place for place, one in enumerate(order)})
    for target in targets:
        if target.pk not in building:
            member = bits.members[target.slug]
            flips.add(target.pk, member ^ held.get(target.pk, 0), member, order, claim.sources)
    return flips


def _judged(
    targets: list[Tracked], statements: list[Statement], live: list[int], now: datetime
) -> Bits:
    at = Instant(now, settings.SITE_TIME_ZONE)
    leaves: dict[str, Truth] = {}
    for statement in statements:
        leaves.update(truths(statement, live, at))
    bits = Bits((1 << len(live)) - 1, leaves, {})
    for target in targets:
        bits.members[target.slug] = target.judge(bits)[0] & bits.everyone
    return bits


def truths(statement: Statement, live: list[int], at: Instant) -> dict[str, Truth]:
    """The truths of a family's leaves for live people, in the order of their ids."""
    if not live:
        return dict.fromkeys(statement.keys, (0, 0))
    told = fetch(statement.sql, ids(live), *statement.params(at))[0][0].split(",")
    if any(len(one) != len(live) for one in told):
        raise AssertionError("a family answered for other people than it was asked about")
    return dict(zip(statement.keys, map(read_truths, told), strict=True))
