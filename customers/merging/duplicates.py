"""Who may be the same person: found set by set, kept fresh, never merged by itself.

1. ``customers_duplicatesource`` (a view) gives what live people may share: document, phone,
   mailbox, name with birthday, code of another system.
2. Its digests stand in ``customers_duplicatekey``; a change of a person renews theirs alone.
3. Two to eight people with one key are pairs; a key of more people is a shop's own number, a
   placeholder or a typist's habit, and says nothing.
4. A pair that staff judged to be two people stays judged, until a reason is found that is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit import audit, clock
from customers.models import DuplicatePair, User

CROWD: Final = 8


@dataclass(frozen=True, kw_only=True)
class Reason:
    """``kind`` is its number in the tables; a pair's strength is the sum of its reasons'."""

    kind: int
    label: str | Promise
    strength: int


REASONS: Final[dict[str, Reason]] = {
    "document": Reason(kind=1, label=_("Same document"), strength=40),
    "phone": Reason(kind=2, label=_("Same phone"), strength=20),
    "mailbox": Reason(kind=3, label=_("Same mailbox"), strength=30),
    "birthday": Reason(kind=4, label=_("Same name and birthday"), strength=25),
    "code": Reason(kind=5, label=_("Same code elsewhere"), strength=10),
}

# Rows that stay are not touched, so that a change of one person does not wait for this.
KEYS: Final = """
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT kind, hashtextextended(value, 0) AS key, customer_id
    FROM customers_duplicatesource {only}
), gone AS (
    DELETE FROM customers_duplicatekey AS held WHERE NOT EXISTS (SELECT 1 FROM wanted
        WHERE wanted.kind = held.kind AND wanted.key = held.key
        AND wanted.customer_id = held.customer_id) {and_only}
)
INSERT INTO customers_duplicatekey (kind, key, customer_id)
SELECT kind, key, customer_id FROM wanted ON CONFLICT DO NOTHING
"""
FOUND: Final = """
WITH crowd AS MATERIALIZED (
    SELECT kind, key FROM customers_duplicatekey AS held {only}
    GROUP BY kind, key HAVING count(*) BETWEEN 2 AND %(crowd)s
), reason AS (
    SELECT * FROM unnest(%(kinds)s::smallint[], %(names)s::text[], %(strengths)s::int[])
        AS given(kind, name, strength)
), found AS (
    SELECT one.customer_id AS first_id, other.customer_id AS second_id,
        jsonb_agg(DISTINCT reason.name) AS reasons
    FROM crowd JOIN customers_duplicatekey AS one USING (kind, key)
    JOIN customers_duplicatekey AS other USING (kind, key) JOIN reason USING (kind)
    WHERE one.customer_id < other.customer_id {touching} GROUP BY 1, 2
), weighed AS (
    SELECT first_id, second_id, reasons, (SELECT sum(strength) FROM reason
        WHERE reasons ? reason.name) AS strength FROM found
), kept AS (
    INSERT INTO customers_duplicatepair AS pair
        (first_id, second_id, reasons, strength, state, found_at, judged_reasons)
    SELECT first_id, second_id, reasons, strength, 'open', now(), '[]' FROM weighed
    ON CONFLICT (first_id, second_id) DO UPDATE
        SET reasons = excluded.reasons, strength = excluded.strength,
            state = CASE WHEN excluded.reasons <@ pair.judged_reasons THEN pair.state
                    ELSE 'open' END
        WHERE pair.reasons IS DISTINCT FROM excluded.reasons
), gone AS (
    DELETE FROM customers_duplicatepair AS pair WHERE state = 'open' {of_these}
    AND NOT EXISTS (SELECT 1 FROM weighed WHERE weighed.first_id = pair.first_id
        AND weighed.second_id = pair.second_id)
)
SELECT count(*) FROM weighed
"""
OF_THESE: Final = "AND (pair.first_id = ANY(%(ids)s) OR pair.second_id = ANY(%(ids)s))"


@transaction.atomic
def duplicates_refresh(*, ids: Sequence[int] | None = None) -> int:
    """Find the pairs of these people again (None: of everybody); returns how many there are."""
    parameters: dict[str, Any] = {
        "crowd": CROWD,
        "kinds": [one.kind for one in REASONS.values()],
        "names": list(REASONS),
        "strengths": [one.strength for one in REASONS.values()],
        "ids": list(ids or ()),
    }
    only = {"only": "", "and_only": ""}
    parts = {"only": "", "touching": "", "of_these": ""}
    if ids is not None:
        only = {
            "only": "WHERE customer_id = ANY(%(ids)s)",
            "and_only": "AND held.customer_id = ANY(%(ids)s)",
        }
        parts = {
            "only": "WHERE EXISTS (SELECT 1 FROM customers_duplicatekey AS mine WHERE "
            "mine.customer_id = ANY(%(ids)s) AND mine.kind = held.kind AND mine.key = held.key)",
            "touching": "AND (one.customer_id = ANY(%(ids)s) OR other.customer_id = ANY(%(ids)s))",
            "of_these": OF_THESE,
        }
    with connection.cursor() as cursor:
        cursor.execute(KEYS.format(**only), parameters)
        cursor.execute(FOUND.format(**parts), parameters)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@transaction.atomic
def duplicate_dismiss(*, pair: DuplicatePair, by: User, request: HttpRequest | None = None) -> None:
    """These are two people; the pair comes back only for a new reason."""
    pair.state, pair.judged_by, pair.judged_at = DuplicatePair.State.DISMISSED, by, clock.now()
    pair.judged_reasons = pair.reasons
    pair.save(update_fields=["state", "judged_by", "judged_at", "judged_reasons"])
    _note(pair, "dismissed", by, request)


@transaction.atomic
def duplicate_reopen(*, pair: DuplicatePair, by: User, request: HttpRequest | None = None) -> None:
    """Ask again whether these are one person."""
    pair.state, pair.judged_by, pair.judged_at = DuplicatePair.State.OPEN, None, None
    pair.judged_reasons = []
    pair.save(update_fields=["state", "judged_by", "judged_at", "judged_reasons"])
    _note(pair, "reopened", by, request)


def _note(pair: DuplicatePair, verb: str, by: User, request: HttpRequest | None) -> None:
    audit.record(
        f"customers.duplicate.{verb}",
        actor=by,
        subject=pair.first,
        data={"other": str(pair.second.public_id), "reasons": pair.reasons},
        request=request,
    )
