"""What an edit of a rule would do to the present members; nothing is written."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.models import Customer
from targets.catalog import Catalog
from targets.compiling.compiler import LIVE, Compiled
from targets.compiling.scope import PEOPLE, Scope
from targets.models import Target
from targets.picks import with_picks
from targets.rules.tree import Rule
from targets.selectors.evaluation import instant, sampled

SHOWN = 3

# Those whose membership is pending (in the trash since, say) are no members any more: LIVE.
DIFFERENCE = """
wanted AS MATERIALIZED (SELECT person.id {from_people} AND {condition} {chosen}),
held AS MATERIALIZED (
    SELECT person.id FROM targets_membership AS member
    JOIN customers_customer AS person ON person.id = member.customer_id
    WHERE member.target_id = %(edited)s AND {live} {chosen}
),
moved AS MATERIALIZED (
    SELECT id, held.id IS NULL AS enters FROM wanted FULL JOIN held USING (id)
    WHERE wanted.id IS NULL OR held.id IS NULL
)
SELECT (SELECT count(*) FROM held),
    (SELECT count(*) FROM moved WHERE enters), (SELECT count(*) FROM moved WHERE NOT enters),
    ARRAY(SELECT id FROM moved WHERE enters ORDER BY hashint8(id), id LIMIT %(shown)s),
    ARRAY(SELECT id FROM moved WHERE NOT enters ORDER BY hashint8(id), id LIMIT %(shown)s)
"""


@dataclass(frozen=True, kw_only=True)
class Change:
    """``before + entering - leaving == after``; of both kinds, some people picked at random."""

    before: int
    after: int
    entering: int
    leaving: int
    who_enter: list[Customer]
    who_leave: list[Customer]
    is_estimate: bool = False


def change(target: Target, rule: Rule) -> Change:
    """The exact difference between the live members and those who satisfy ``rule`` now."""
    return _change(target, rule, Scope(instant(), Catalog()), 1)


def change_estimated(target: Target, rule: Rule) -> Change:
    """About the same, from some thousands of customers."""
    share, ids = sampled()
    scope = Scope(instant(), Catalog(), is_chosen=True)
    scope.params[PEOPLE] = ids
    return _change(target, rule, scope, 1 / share)


def _change(target: Target, rule: Rule, scope: Scope, factor: float) -> Change:
    rule = with_picks(rule, target.slug, scope.catalog)
    compiled = Compiled([rule], scope)
    chosen = f"AND person.id = ANY(%({PEOPLE})s::bigint[])" if scope.is_chosen else ""
    difference = DIFFERENCE.format(
        condition=compiled.sql(rule.root),
        from_people=compiled.from_people(),
        live=LIVE,
        chosen=chosen,
    )
    facts = "".join(f"{one.name} AS MATERIALIZED ({one.sql}),\n" for one in scope.facts.values())
    params = {**scope.params, "edited": target.pk, "shown": SHOWN}
    *numbers, enter, leave = _row(f"WITH {facts}{difference}", params)
    people = Customer.objects.in_bulk([*enter, *leave])
    before, entering, leaving = (round(number * factor) for number in numbers)
    return Change(
        before=before,
        after=before + entering - leaving,
        entering=entering,
        leaving=leaving,
        who_enter=[people[pk] for pk in enter],
        who_leave=[people[pk] for pk in leave],
        is_estimate=scope.is_chosen,
    )


def _row(sql: str, params: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
