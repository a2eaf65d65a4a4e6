"""Exact counts of rules beside SQL that a person would write for the same question.

Conditions about mails come from the app above, by name; their yardsticks name its tables.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from config.kit.management.commands.seed import seed
from targets.reading import rule_from_json
from targets.rules.tree import VERSION, Rule
from targets.selectors.evaluation import count, counts, people_count

ROUNDS = 5
LIVE = "trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL"
MEMORY = "128MB"


@dataclass(frozen=True)
class Question:
    """A rule, and the condition on ``customers_customer AS c`` that a person would write."""

    name: str
    rule: dict[str, Any]
    condition: str

    @property
    def compiled(self) -> Rule:
        return rule_from_json({"version": VERSION, "rule": self.rule})

    @property
    def yardstick(self) -> str:
        return f"SELECT count(*) FROM customers_customer AS c WHERE {LIVE} AND {self.condition}"  # noqa: S608


AGE = Question(
    "age",
    {"filter": "age", "op": "between", "value": [25, 55]},
    "birth_date > CURRENT_DATE - interval '56 years' AND birth_date <= CURRENT_DATE - interval '25 years'",
)
CITY = Question(
    "city",
    {"filter": "field", "field": "city", "op": "any", "value": ["Santiago", "Ñuñoa"]},
    "customers_fold(city) IN ('santiago', 'nunoa')",
)
NUMBER = Question(
    "custom_number",
    {"filter": "custom_field", "field": "survey_score", "op": "gt", "value": 7},
    "(custom ->> 'survey_score')::numeric > 7",
)
CHOICE = Question(
    "custom_choice",
    {"filter": "custom_field", "field": "preferred_channel", "op": "any", "value": ["WhatsApp"]},
    "custom ->> 'preferred_channel' = 'WhatsApp'",
)
TAGS = Question(
    "tags",
    {"filter": "tags", "op": "any", "value": ["Frecuente", "Factura"]},
    "id IN (SELECT customer_id FROM customers_tagging JOIN customers_tag AS tag ON tag.id = tag_id "
    "WHERE lower(tag.name) IN ('frecuente', 'factura'))",
)
CONSENT = Question(
    "consent",
    {"filter": "consent", "channel": "email", "op": "any", "value": ["granted"]},
    "id IN (SELECT customer_id FROM customers_consentstate "
    "WHERE channel = 'email' AND purpose = 'marketing' AND value = 'granted')",
)
LOGIN = Question(
    "login",
    {"filter": "login", "window": {"last": 30, "unit": "days"}},
    "id IN (SELECT customer_id FROM customers_activity "
    "WHERE kind = 'login' AND occurred_at > now() - interval '30 days')",
)
LOGINS = Question(
    "logins_twice",
    {"filter": "login", "window": {"last": 90, "unit": "days"}, "count": {"op": "gte", "value": 2}},
    "id IN (SELECT customer_id FROM customers_activity WHERE kind = 'login' "
    "AND occurred_at > now() - interval '90 days' GROUP BY customer_id HAVING count(*) >= 2)",
)
OPENED = Question(
    "opened",
    {"filter": "email_opened", "window": {"last": 30, "unit": "days"}},
    "id IN (SELECT customer_id FROM customers_activity "
    "WHERE kind IN ('email_opened', 'email_clicked') AND occurred_at > now() - interval '30 days')",
)
DELIVERED = Question(
    "delivered_twice",
    {"filter": "email_delivered", "count": {"op": "gte", "value": 2}},
    "id IN (SELECT customer_id FROM messaging_delivery WHERE delivered_at <= now() "
    "AND kind <> 'test' GROUP BY customer_id HAVING count(*) >= 2)",
)
UNREAD = Question(
    "unread",
    {"filter": "email_unread", "window": {"last": 90, "unit": "days"}},
    "id IN (SELECT customer_id FROM messaging_delivery WHERE sent_at > now() - interval '90 days' "
    "AND delivered_at IS NOT NULL AND opened_at IS NULL AND clicked_at IS NULL AND kind <> 'test')",
)
MIXED = Question(
    "mixed",
    {
        "all": [
            AGE.rule,
            CONSENT.rule,
            {"any": [LOGINS.rule, OPENED.rule]},
            {"not": {"any": [UNREAD.rule, TAGS.rule]}},
        ]
    },
    f"({AGE.condition}) AND {CONSENT.condition} AND ({LOGINS.condition} OR {OPENED.condition}) "
    f"AND NOT ({UNREAD.condition} OR {TAGS.condition})",
)
QUESTIONS = (
    AGE,
    CITY,
    NUMBER,
    CHOICE,
    TAGS,
    CONSENT,
    LOGIN,
    LOGINS,
    OPENED,
    DELIVERED,
    UNREAD,
    MIXED,
)


def bench_targets(size: int) -> dict[str, Any]:
    """Medians of five rounds; ours and the yardstick take turns, and must answer the same."""
    if people_count() < size:
        seed(customers=size - people_count(), months=12)
    figures: dict[str, Any] = {"customers": people_count()}
    ours: list[float] = []
    yardsticks: list[float] = []
    _settle()
    for question in QUESTIONS:
        mine, theirs = _measure(question)
        ours += mine
        yardsticks += theirs
        figures[f"{question.name}_ms"] = round(statistics.median(mine), 1)
        figures[f"{question.name}_ms_yardstick"] = round(statistics.median(theirs), 1)
        figures[f"{question.name}_ratio"] = round(
            statistics.median(mine) / statistics.median(theirs), 2
        )
    rule = MIXED.compiled
    every = [_timed(lambda: counts(rule).total)[0] for _round in range(ROUNDS)]
    figures["mixed_every_node_ms"] = round(statistics.median(every), 1)
    figures["p95_ms"] = round(statistics.quantiles(ours, n=20)[-1], 1)
    figures["p95_ms_yardstick"] = round(statistics.quantiles(yardsticks, n=20)[-1], 1)
    figures["ratio"] = round(sum(ours) / sum(yardsticks), 2)
    return figures


def _settle() -> None:
    """Fresh statistics; the memory of a count; the site's days for the yardstick's intervals."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT set_config('work_mem', %s, false)", [MEMORY])
        cursor.execute("SELECT set_config('timezone', %s, false)", [settings.SITE_TIME_ZONE])


def _measure(question: Question) -> tuple[list[float], list[float]]:
    """Milliseconds of each round, ours and the yardstick's; the first round only warms up."""
    rule = question.compiled
    ours: list[float] = []
    yardsticks: list[float] = []
    for _round in range(ROUNDS + 1):
        took, found = _timed(lambda: count(rule))
        ours.append(took)
        took, expected = _timed(lambda: _ask(question.yardstick))
        yardsticks.append(took)
        _compare(question.name, found, expected, rule)
    return ours[1:], yardsticks[1:]


def _compare(name: str, found: int, expected: int, rule: Rule) -> None:
    """Windows moved on between the two questions: the yardstick must lie between ours and now's.

    :raises AssertionError: it does not.
    """
    again = found if found == expected else count(rule)
    if not min(found, again) <= expected <= max(found, again):
        said = json.dumps({"ours": [found, again], "yardstick": expected})
        raise AssertionError(f"{name}: {said}")


def _timed(ask: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = ask()
    return (time.perf_counter() - started) * 1000, found


def _ask(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return int(row[0])
