"""Why somebody is in a target or not: each part of the rule with what was found."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from config.kit import clock
from customers.models import Customer
from targets.catalog import Catalog
from targets.compiling.instant import Instant
from targets.evidence import Asking, Evidence
from targets.models import Membership, MembershipChange, Target
from targets.registry import filters
from targets.rules.tree import Group, Leaf, Node, Not, Rule
from targets.rules.words import Phrase
from targets.selectors.evaluation import rule_of
from targets.selectors.truths import Course, PersonRule, instants_ahead
from targets.upkeep.database import fetch, one_snapshot

WAITING = """
SELECT EXISTS (SELECT FROM targets_change WHERE customer_id = $1)
    OR EXISTS (SELECT FROM targets_bulkchange WHERE $1 = ANY(customers))
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A node of the rule for one person. ``kind``: ``all``, ``any``, ``not`` or ``leaf``.

    ``truth`` is None where it is unknown; ``missing`` names the datum that the record lacks.
    ``flips_at``: when the truth changes if nothing happens but time.
    """

    pointer: str
    kind: str
    truth: bool | None
    flips_at: datetime | None
    filter: str = ""
    phrase: Phrase | None = None
    evidence: Evidence | None = None
    missing: str = ""
    parts: list["Part"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``is_member``: by the memberships; ``satisfies``: by the rule at ``at``, of who is live.

    ``since``: the entry or exit by which that holds; None if the log has none. ``flips_at``: when
    the rule takes the person in or lets them go if nothing happens. ``is_known_until``: the future
    was not looked at beyond it. ``is_waiting``: changes of theirs are not worked off yet.
    """

    at: datetime
    is_member: bool
    satisfies: bool
    is_live: bool
    is_waiting: bool
    since: MembershipChange | None
    flips_at: datetime | None
    is_known_until: datetime | None
    root: Part

    @property
    def leaves(self) -> list[Part]:
        """The conditions, in the order of the rule."""
        found, waiting = [], [self.root]
        while waiting:
            part = waiting.pop()
            if part.kind == "leaf":
                found.append(part)
            waiting.extend(reversed(part.parts))
        return found


def judged(rule: Rule, customer: Customer, catalog: Catalog) -> Part:
    """Each part of a rule, saved or not, for a person now; what time will change is not asked."""
    start = Instant(clock.now(), settings.SITE_TIME_ZONE)
    course = PersonRule(rule, customer.pk, catalog).course([start.at])
    return _part(rule.root, "/rule", course, Asking(customer.pk, start, catalog, course.is_member))


def deciding(part: Part) -> list[Part]:
    """The conditions by which a part has its truth, whatever the others are."""
    if part.kind == "leaf":
        return [part]
    needs_every = part.kind == "not" or part.truth is (part.kind == "all")
    parts = part.parts if needs_every else [one for one in part.parts if one.truth is part.truth]
    return [leaf for one in parts for leaf in deciding(one)]


def explain(target: Target, customer: Customer, at: datetime | None = None) -> Explanation:
    """At a past instant: the rule and the record as they stand now, evaluated for that instant.

    :raises RuleRefused: when the rule can no longer be evaluated.
    """
    with one_snapshot(is_read_only=True):
        catalog = Catalog()
        rule = rule_of(target, catalog)
        start = Instant(at or clock.now(), settings.SITE_TIME_ZONE)
        judged = PersonRule(rule, customer.pk, catalog)
        ahead = instants_ahead(judged.edges(), customer.pk, start)
        course = judged.course([start.at, *ahead.instants])
        asking = Asking(customer.pk, start, catalog, course.is_member)
        is_live = Customer.objects.live().filter(pk=customer.pk).exists()
        return Explanation(
            at=start.at,
            is_member=_is_member(target, customer, at),
            satisfies=is_live and course.truth(rule.root) is True,
            is_live=is_live,
            is_waiting=at is None and fetch(WAITING, customer.pk)[0][0],
            since=_last_change(target, customer, start.at),
            flips_at=course.turns_member(rule.root) if is_live else None,
            is_known_until=ahead.until,
            root=_part(rule.root, "/rule", course, asking),
        )


def _is_member(target: Target, customer: Customer, at: datetime | None) -> bool:
    if at is None:
        held = Membership.objects.filter(target_id=target.pk, customer_id=customer.pk)
        return held.exists()
    last = _last_change(target, customer, at)
    return last is not None and last.is_entry


def _last_change(target: Target, customer: Customer, at: datetime) -> MembershipChange | None:
    return (
        MembershipChange.objects.filter(
            target_id=target.pk, customer_id=customer.pk, occurred_at__lte=at
        )
        .order_by("-occurred_at", "-id")
        .first()
    )


def _part(node: Node, pointer: str, course: Course, asking: Asking) -> Part:
    truth, flips_at = course.truth(node), course.flip(node)
    if isinstance(node, Leaf):
        known = filters[node.filter]
        return Part(
            pointer=pointer,
            kind="leaf",
            truth=truth,
            flips_at=flips_at,
            filter=node.filter,
            phrase=known.phrase(node, asking.catalog),
            evidence=known.evidence(node, asking),
            missing=known.missing(node, asking.catalog) if truth is None else "",
        )
    kind = "not" if isinstance(node, Not) else node.kind
    parts = [_part(one, f"{pointer}/{step}", course, asking) for one, step in _inner(node)]
    return Part(pointer=pointer, kind=kind, truth=truth, flips_at=flips_at, parts=parts)


def _inner(node: Group | Not) -> list[tuple[Node, str]]:
    if isinstance(node, Not):
        return [(node.part, "not")]
    return [(part, f"{node.kind}/{place}") for place, part in enumerate(node.parts)]
