"""Writing what changed: memberships, their log and the counters, in the batch's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from targets.models import MembershipChange
from targets.upkeep.bits import places
from targets.upkeep.database import fetch, ids
from targets.upkeep.program import TIME, Source, rebuilt

LONGEST_SOURCE = 120
BUILT = rebuilt(0)[:-1]
# The log's statement takes the counters along: all or nothing, one journey to the database.
WRITE = """
WITH flip AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[], $5::text[])
        WITH ORDINALITY AS given(target_id, customer_id, is_entry, cause, source, place)
), gone AS (
    DELETE FROM targets_membership AS held USING flip
    WHERE NOT flip.is_entry AND held.target_id = flip.target_id
      AND held.customer_id = flip.customer_id
), come AS (
    INSERT INTO targets_membership (target_id, customer_id, entered_at)
    SELECT target_id, customer_id, $6 FROM flip WHERE is_entry
), logged AS (
    INSERT INTO targets_membershipchange
        (target_id, customer_id, is_entry, occurred_at, cause, source)
    SELECT target_id, customer_id, is_entry, $6, cause, source FROM flip ORDER BY place
)
INSERT INTO targets_tally AS tally (target_id, slot, members)
SELECT target_id, $7, sum(CASE WHEN is_entry THEN 1 ELSE -1 END) FROM flip
GROUP BY target_id ORDER BY target_id
ON CONFLICT (target_id, slot) DO UPDATE SET members = tally.members + excluded.members
"""
PUBLISH = """
UPDATE targets_target AS target SET members_count = counted.members
FROM (SELECT target_id, sum(members) AS members FROM targets_tally
      WHERE target_id = ANY($1::bigint[]) GROUP BY target_id) AS counted
WHERE target.id = counted.target_id AND target.members_count <> counted.members
"""


@dataclass
class Flips:
    """Entries and exits as columns, each once however many sources led to it."""

    targets: list[int] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    entries: list[bool] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.targets)

    def add(
        self,
        target: int,
        difference: int,
        now: int,
        people: Sequence[int],
        why: Mapping[int, set[Source]],
    ) -> None:
        """Those of ``people`` whose bit differs; ``now`` has the bits of the members."""
        for place in places(difference):
            customer = people[place]
            if (target, customer) in self.seen:
                continue
            self.seen.add((target, customer))
            cause, source = cause_of(why.get(customer, set()))
            self.targets.append(target)
            self.customers.append(customer)
            self.entries.append(bool(now >> place & 1))
            self.causes.append(cause)
            self.sources.append(source)

    def write(self, at: datetime, slot: int) -> None:
        if self.targets:
            fetch(
                WRITE,
                ids(self.targets),
                ids(self.customers),
                f"{{{','.join('t' if one else 'f' for one in self.entries)}}}",
                self.causes,
                self.sources,
                at,
                slot,
            )


def cause_of(sources: set[Source]) -> tuple[str, str]:
    """The cause and what changed, as the log keeps them."""
    if all(source == TIME for source, _key in sources):
        return MembershipChange.Cause.TIME.value, ""
    changed = sorted(
        f"{source}:{key}".rstrip(":")
        for source, key in sources
        if source != TIME and not source.startswith(BUILT)
    )
    return MembershipChange.Cause.CHANGE.value, ",".join(changed)[:LONGEST_SOURCE]


def publish(targets: Sequence[int]) -> None:
    """Bring the counted members to the rows that lists sort by."""
    if targets:
        fetch(PUBLISH, ids(targets))
