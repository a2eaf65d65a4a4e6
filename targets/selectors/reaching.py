"""Whom of a rule's people each channel may write to, and why not the others: one pass, exact.

E-mail goes by the gate's own words. The other channels have the same order of reasons: the state of
the record, what the person said of the channel, whether there is a number to write to.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from django.db import connection

from customers.models import Customer
from customers.models.consent import Channel, ConsentValue
from customers.selectors.consents import OFFERED
from customers.selectors.gate import GATE_JOINS, GATE_REASON, OF_THE_RECORD, gate_params
from customers.services.consent import MARKETING
from targets.compiling.compiler import LIVE
from targets.models import Target
from targets.registry import senders
from targets.rules.tree import Rule
from targets.selectors.evaluation import Query, sampled_sql, target_sql

SAMPLE = 4
SAMPLE_POOL = 200
BY_PHONE: Final = (Channel.SMS, Channel.WHATSAPP)
MEMBERS = f"""
SELECT person.id FROM targets_membership AS member
JOIN customers_customer AS person ON person.id = member.customer_id
WHERE member.target_id = %(reached)s AND {LIVE}
"""  # noqa: S608
JUDGED = """
SELECT gate.reason, person.phone <> '', coalesce(said.answers, '{{}}'), ARRAY[{refusals}]::text[],
    count(*), array_agg(person.id) FILTER
        (WHERE abs(hashint8extended(person.id, %(draw_seed)s) %% %(draw_share)s) = 0)
FROM ({chosen}) AS chosen JOIN customers_customer AS person USING (id) {joins}
CROSS JOIN LATERAL (SELECT {reason} AS reason) AS gate
LEFT JOIN (
    SELECT customer_id, array_agg(channel || ' ' || value ORDER BY channel) AS answers
    FROM customers_consentstate WHERE purpose = %(gate_purpose)s AND channel <> %(gate_channel)s
    GROUP BY customer_id
) AS said ON said.customer_id = person.id
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Reach:
    """Whom a channel may write to; ``reasons`` says why not the others, the most frequent first.

    ``is_sent``: an app writes on it. Otherwise ``reachable`` are those who agreed to it.
    """

    channel: str
    reachable: int
    reasons: dict[str, int]
    is_sent: bool

    @property
    def total(self) -> int:
        return self.reachable + sum(self.reasons.values())


@dataclass(frozen=True)
class Company:
    """Who satisfies a rule: how each channel reaches them, and some of them at random."""

    total: int
    reaches: list[Reach]
    sample: list[Customer]
    is_estimate: bool = False


@dataclass(frozen=True)
class Alike:
    """So many people about whom the same is known; ``ids`` are those drawn for the sample."""

    gate: str
    has_phone: bool
    answers: dict[str, str]
    refusals: dict[str, str]
    number: int
    ids: list[int]

    def reason(self, channel: str) -> str:
        """Why this channel may not write to them; empty when it may."""
        if self.gate in OF_THE_RECORD:
            return self.gate
        own = self.gate if channel == Channel.EMAIL else self._unasked(channel)
        return own or self.refusals.get(channel, "")

    def _unasked(self, channel: str) -> str:
        answer = self.answers.get(channel, "")
        if answer == ConsentValue.WITHDRAWN:
            return "unsubscribed"
        if answer != ConsentValue.GRANTED:
            return "no_consent"
        return "no_address" if channel in BY_PHONE and not self.has_phone else ""


def company(what: Target | Rule, *, total: int, seed: int = 0) -> Company:
    """Reach and a sample, in one pass; ``total`` sizes the random draw."""
    return _company(target_sql(what), share=max(1, total // SAMPLE_POOL), seed=seed)


def company_estimated(rule: Rule, *, seed: int = 0) -> Company:
    """About the same, from some thousands of customers."""
    part, query = sampled_sql(rule)
    return _company(query, share=1, seed=seed, factor=1 / part)


def reaches_of(target: Target) -> list[Reach]:
    """Of the live members, as the memberships stand."""
    return _reaches(_judged((MEMBERS, {"reached": target.pk}), share=1 << 62, seed=0), 1)


def _company(query: Query, *, share: int, seed: int, factor: float = 0) -> Company:
    found = _judged(query, share=share, seed=seed)
    return Company(
        total=round(sum(one.number for one in found) * (factor or 1)),
        reaches=_reaches(found, factor or 1),
        sample=_drawn([pk for one in found for pk in one.ids], seed),
        is_estimate=factor > 0,
    )


def _judged(query: Query, *, share: int, seed: int) -> list[Alike]:
    chosen, params = query
    params = {**params, "draw_seed": seed, "draw_share": share}
    params |= gate_params(channel=Channel.EMAIL, purpose=MARKETING)
    for one in senders.values():
        params |= one.params
    refusals = ", ".join(_refusal(channel) for channel in senders)
    statement = JUDGED.format(
        chosen=chosen, refusals=refusals, joins=GATE_JOINS, reason=GATE_REASON
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [_alike(row) for row in cursor.fetchall()]


def _refusal(channel: str) -> str:
    """What the app that writes on it knows, asked only of those whom nothing else refuses."""
    other = ", ".join(f"'{one}'" for one in sorted(OF_THE_RECORD))
    asked = "gate.reason = ''" if channel == Channel.EMAIL else f"gate.reason NOT IN ({other})"
    return f"CASE WHEN {asked} THEN {senders[channel].refusal} ELSE '' END"


def _alike(row: tuple[Any, ...]) -> Alike:
    gate, has_phone, answers, refusals, number, ids = row
    return Alike(
        gate=gate,
        has_phone=has_phone,
        answers=dict(one.rsplit(" ", 1) for one in answers),
        refusals=dict(zip(senders, refusals, strict=True)),
        number=number,
        ids=ids or [],
    )


def _reaches(found: list[Alike], factor: float) -> list[Reach]:
    return [_reach(channel, found, factor) for channel in _channels(found)]


def _channels(found: list[Alike]) -> Iterator[str]:
    """Those that the product writes on or asks people about, and those that somebody spoke of."""
    spoken = {channel for one in found for channel in one.answers}
    for channel in Channel.values:
        if channel in OFFERED or channel in senders or channel in spoken:
            yield channel


def _reach(channel: str, found: list[Alike], factor: float) -> Reach:
    numbers = Counter[str]()
    for one in found:
        numbers[one.reason(channel)] += one.number
    scaled = {reason: round(number * factor) for reason, number in numbers.most_common()}
    return Reach(channel, scaled.pop("", 0), scaled, channel in senders)


def _drawn(pool: list[int], seed: int) -> list[Customer]:
    drawn = Random(seed).sample(sorted(pool), min(SAMPLE, len(pool)))  # noqa: S311  no secret
    people = Customer.objects.in_bulk(drawn)
    return [people[pk] for pk in drawn if pk in people]
