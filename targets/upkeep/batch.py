"""Evaluating some people for the targets that their changes concern."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from targets.compiling.compiler import LIVE
from targets.compiling.instant import Instant
from targets.upkeep.bits import Bits, Truth, masks, read_truths
from targets.upkeep.claims import Claim
from targets.upkeep.database import fetch, ids
from targets.upkeep.program import Part, Program, Statement
from targets.upkeep.writing import Flips

LIVE_PEOPLE = f"SELECT id FROM customers_customer AS person WHERE id = ANY($1::bigint[]) AND {LIVE}"  # noqa: S608
HELD = "SELECT target_id, customer_id FROM targets_membership WHERE customer_id = ANY($1::bigint[])"
REMEMBER = (
    "INSERT INTO targets_buildpending SELECT target_id, customer_id "
    "FROM unnest($1::bigint[]) AS target_id CROSS JOIN unnest($2::bigint[]) AS customer_id"
)


def evaluate(program: Program, claim: Claim, now: datetime, building: Collection[int]) -> Flips:
    """What differs between these people's memberships and their rules at this instant.

    1. What is being built elsewhere is left alone: its people are kept for its next version.
    2. People are taken together by what their changes concern: a part of all targets and leaves.
    3. A statement a family answers for all of them; rules are combined bit by bit.
    4. Who is gone, merged away or in the trash is a member of nothing.
    """
    flips = Flips()
    if building and claim.sources:
        fetch(REMEMBER, ids(building), ids(sorted(claim.sources)))
    together: dict[Part, list[int]] = {}
    for person in sorted(claim.sources):
        for part in program.parts_of(claim.sources[person]):
            together.setdefault(part, []).append(person)
    if not together:
        return flips
    everyone = sorted(set().union(*together.values()))
    present = {row[0] for row in fetch(LIVE_PEOPLE, ids(everyone))}
    held_by: dict[int, list[int]] = {}
    for target, person in fetch(HELD, ids(everyone)):
        held_by.setdefault(person, []).append(target)
    for part, people in together.items():
        live = [one for one in people if one in present]
        order = live + [one for one in people if one not in present]
        held = masks([held_by.get(one, []) for one in order])
        bits = _judged(part, live, now)
        for one in part.targets:
            if one.pk not in building:
                member = bits.members[one.slug]
                flips.add(one.pk, member ^ held.get(one.pk, 0), member, order, claim.sources)
    return flips


def _judged(part: Part, live: list[int], now: datetime) -> Bits:
    at = Instant(now, settings.SITE_TIME_ZONE)
    leaves: dict[str, Truth] = {}
    for statement in part.statements:
        leaves.update(truths(statement, live, at))
    bits = Bits((1 << len(live)) - 1, leaves, {})
    for target in part.targets:
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
