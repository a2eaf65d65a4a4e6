"""A thousand realistic rules: shared conditions, nested targets, sizes from 0.01 % to 30 %."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from config.kit import clock
from customers.models import Category, Tag
from targets.reading import rule_from_json
from targets.rules.tree import VERSION
from targets.selectors.evaluation import count

Node = dict[str, Any]
WINDOWED: Final = 0.3
NESTED: Final = 0.1
SMALLEST, LARGEST = 0.0001, 0.3
CITIES: Final = (
    "Santiago", "Ñuñoa", "Providencia", "Maipú", "Valparaíso", "Concepción", "Temuco", "Talca",
)  # fmt: skip
DAYS: Final = (7, 14, 30, 60, 90, 180)
QUANTILES: Final = """
SELECT percentile_disc(array(SELECT n / 200.0 FROM generate_series(0, 200) AS n))
    WITHIN GROUP (ORDER BY registered_at) FROM customers_customer
"""


@dataclass(frozen=True)
class Part:
    """A node, and which share of the people satisfies it."""

    node: Node
    share: float


def rules(number: int, people: int) -> Iterator[tuple[str, Node]]:
    """Slugs and rules, inner ones first; equal for equal data."""
    chance = random.Random(number)  # noqa: S311  invented rules
    plain = [_measured(node, people) for node in _conditions()]
    windowed = [_measured(node, people) for node in _windows()]
    days = [f"{one:%Y-%m-%d}" for one in _quantiles()]
    done: list[str] = []
    for index in range(number):
        slug = f"bench-upkeep-{index}"
        is_windowed = index % 10 < WINDOWED * 10
        is_nested = index % 10 >= 10 - NESTED * 10 and len(done) > 2
        parts = chance.sample(plain, chance.randint(1, 4))
        if is_windowed:
            parts[0] = chance.choice(windowed)
        rule = _grouped(parts, chance)
        if is_nested:
            rule = _within(rule, chance.sample(done, 2))
        else:
            done.append(slug)
        wanted = SMALLEST * (LARGEST / SMALLEST) ** chance.random()
        yield slug, {"all": [rule.node, _trim(slug, wanted / max(rule.share, 1e-6), days, chance)]}


def _measured(node: Node, people: int) -> Part:
    rule = rule_from_json({"version": VERSION, "rule": node})
    return Part(node, count(rule) / max(1, people))


def _grouped(parts: list[Part], chance: random.Random) -> Part:
    """All of some, or any of some; now and then without one of them."""
    if len(parts) > 2 and chance.random() < 0.3:
        *kept, out = parts
        inner = _grouped(kept, chance)
        return Part({"all": [inner.node, {"not": out.node}]}, inner.share * (1 - out.share))
    nodes = [one.node for one in parts]
    if chance.random() < 0.6:
        missed = 1.0
        for one in parts:
            missed *= 1 - one.share
        return Part({"any": nodes}, 1 - missed)
    met = 1.0
    for one in parts:
        met *= one.share
    return Part({"all": nodes}, met)


def _within(rule: Part, slugs: list[str]) -> Part:
    inside = {"filter": "target", "op": "none", "value": slugs}
    return Part({"all": [rule.node, inside]}, rule.share * 0.96)


def _trim(slug: str, share: float, days: list[str], chance: random.Random) -> Node:
    """Who registered in a span of days; a random share where that is too coarse, or too wide."""
    steps = round(share * (len(days) - 1))
    if not 2 <= steps < len(days) - 1:
        percent = max(0.01, min(100.0, round(share * 100, 4)))
        return {"filter": "bucket", "salt": slug, "percent": percent}
    first = chance.randrange(len(days) - steps)
    span = {"from": days[first], "to": days[first + steps]}
    return {"filter": "registered_at", "op": "between", "value": [span["from"], span["to"]]}


def _quantiles() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(QUANTILES)
        found: list[Any] = cursor.fetchone()[0] or []
    return found or [clock.now() - timedelta(days=1), clock.now()]


def _conditions() -> Iterator[Node]:
    """Nothing here changes with time, but for birthdays."""
    for first, last in ((18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 99)):
        yield {"filter": "age", "op": "between", "value": [first, last]}
    for month in range(1, 13):
        value = {"from": f"{month:02}-01", "to": f"{month:02}-28"}
        yield {"filter": "birth_date", "op": "anniversary", "value": value}
    for city in CITIES:
        yield {"filter": "field", "field": "city", "op": "any", "value": [city]}
    for tag in Tag.objects.order_by("id").values_list("name", flat=True)[:8]:
        yield {"filter": "tags", "op": "any", "value": [tag]}
    for code in Category.objects.order_by("id").values_list("code", flat=True)[:4]:
        yield {"filter": "category", "op": "any", "value": [code]}
    for score in range(1, 10, 2):
        yield {"filter": "custom_field", "field": "survey_score", "op": "gt", "value": score}
    for channel in ("WhatsApp", "Web"):
        yield {
            "filter": "custom_field",
            "field": "preferred_channel",
            "op": "any",
            "value": [channel],
        }
    for gender in ("female", "male"):
        yield {"filter": "gender", "op": "any", "value": [gender]}
    yield {"filter": "lifecycle", "op": "any", "value": ["customer"]}
    yield {"filter": "verified", "op": "is", "value": False}
    yield {"filter": "consent", "channel": "email", "op": "any", "value": ["granted"]}
    for times in (2, 5, 10):
        yield {"filter": "login", "count": {"op": "gte", "value": times}}
        yield {"filter": "email_open_count", "op": "gte", "value": times}


def _windows() -> Iterator[Node]:
    for days in DAYS:
        window = {"last": days, "unit": "days"}
        yield {"filter": "login", "window": window}
        yield {"filter": "login", "window": window, "count": {"op": "gte", "value": 2}}
        yield {"filter": "last_login", "op": "last", "value": {"n": days, "unit": "days"}}
        for name in ("email_opened", "email_clicked", "email_unread", "email_delivered"):
            yield {"filter": name, "window": window}
        yield {
            "filter": "activity_count",
            "kinds": ["page_view"],
            "op": "gte",
            "value": 3,
            "window": window,
        }
