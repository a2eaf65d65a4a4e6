"""Ready-made conditions with a number to choose, for the builder: a library that apps add to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.registry import Registry

NEVER: dict[str, Any] = {"op": "any", "value": ["never"]}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """``label`` has the slot ``%(n)s`` where the number goes; ``start`` 0: there is none.

    ``rule(n)`` is a part of a rule; ``section`` a key of ``registry.SECTIONS``.
    """

    label: str | Promise
    section: str
    rule: Callable[[int], dict[str, Any]]
    start: int = 0
    most: int = 3_650


presets: Registry[Preset] = Registry("targets.presets")


def last_days(number: int) -> dict[str, Any]:
    return {"last": number, "unit": "days"}


def span_of_days(number: int) -> dict[str, Any]:
    return {"n": number, "unit": "days"}


def visits(days: int, least: int = 1) -> dict[str, Any]:
    """At least so many log-ins in the last days."""
    asked: dict[str, Any] = {"filter": "login", "window": last_days(days)}
    return asked if least == 1 else {**asked, "count": {"op": "gte", "value": least}}


def month_span(number: int) -> dict[str, str]:
    last = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(number, 31)
    return {"from": f"{number:02}-01", "to": f"{number:02}-{last}"}


# Classes by how lately and how often somebody came: each person is in one of them at most.
CLASSES = {
    "champions": Preset(
        label=_("Champions: at least %(n)s log-ins in 90 days, the last one within 30"),
        section="classes",
        rule=lambda n: {"all": [visits(90, n), visits(30)]},
        start=5,
        most=500,
    ),
    "loyal": Preset(
        label=_("Regulars: logged in within 30 days, less than %(n)s times in 90"),
        section="classes",
        rule=lambda n: {"all": [visits(30), {"not": visits(90, n)}]},
        start=5,
        most=500,
    ),
    "cooling": Preset(
        label=_("Cooling down: logged in within 90 days, not in the last 30"),
        section="classes",
        rule=lambda _n: {"all": [visits(90), {"not": visits(30)}]},
    ),
    "at_risk": Preset(
        label=_("At risk: at least %(n)s log-ins in a year, none in the last 90 days"),
        section="classes",
        rule=lambda n: {"all": [visits(365, n), {"not": visits(90)}]},
        start=3,
        most=500,
    ),
    "asleep": Preset(
        label=_("Asleep: logged in once upon a time, not in the last 365 days"),
        section="classes",
        rule=lambda _n: {
            "all": [{"filter": "login"}, {"not": visits(365)}],
        },
    ),
}
LIBRARY = {
    **CLASSES,
    "new_week": Preset(
        label=_("New this week: registered in the last 7 days"),
        section="person",
        rule=lambda _n: {"filter": "registered_at", "op": "last", "value": span_of_days(7)},
    ),
    "birthday_month": Preset(
        label=_("Birthday in the month with the number %(n)s"),
        section="person",
        rule=lambda n: {"filter": "birth_date", "op": "anniversary", "value": month_span(n)},
        start=1,
        most=12,
    ),
    "birthday": Preset(
        label=_("Birthday in the next %(n)s days"),
        section="person",
        rule=lambda n: {
            "filter": "birth_date",
            "op": "anniversary",
            "value": {"next": n, "unit": "days"},
        },
        start=30,
        most=366,
    ),
    "new": Preset(
        label=_("Registered in the last %(n)s days"),
        section="person",
        rule=lambda n: {"filter": "registered_at", "op": "last", "value": span_of_days(n)},
        start=30,
    ),
    "guests": Preset(
        label=_("Without a log-in of their own"),
        section="person",
        rule=lambda _n: {"filter": "account_type", "op": "any", "value": ["guest"]},
    ),
    "unverified": Preset(
        label=_("E-mail not verified"),
        section="person",
        rule=lambda _n: {"filter": "verified", "op": "is", "value": False},
    ),
    "no_birthday": Preset(
        label=_("Birth date not known"),
        section="record",
        rule=lambda _n: {"filter": "birth_date", "op": "empty"},
    ),
    "no_phone": Preset(
        label=_("Phone not known"),
        section="record",
        rule=lambda _n: {"filter": "field", "field": "phone", "op": "empty"},
    ),
    "away": Preset(
        label=_("No log-in in the last %(n)s days"),
        section="visits",
        rule=lambda n: {"not": {"filter": "login", "window": last_days(n)}},
        start=90,
    ),
    "frequent": Preset(
        label=_("At least %(n)s log-ins in the last 90 days"),
        section="visits",
        rule=lambda n: {
            "filter": "login",
            "window": last_days(90),
            "count": {"op": "gte", "value": n},
        },
        start=3,
    ),
    "never": Preset(
        label=_("Never logged in"),
        section="visits",
        rule=lambda _n: {"filter": "last_login", "op": "never"},
    ),
    "agreed": Preset(
        label=_("Agreed to marketing by e-mail"),
        section="consent",
        rule=lambda _n: {
            "filter": "consent",
            "channel": "email",
            "op": "any",
            "value": ["granted"],
        },
    ),
    "not_asked": Preset(
        label=_("Never agreed to or refused marketing by e-mail"),
        section="consent",
        rule=lambda _n: {"filter": "consent", "channel": "email", **NEVER},
    ),
    "untagged": Preset(
        label=_("Without any tag"),
        section="groups",
        rule=lambda _n: {"filter": "tags", "op": "empty"},
    ),
    "no_category": Preset(
        label=_("Without any category"),
        section="groups",
        rule=lambda _n: {"filter": "category", "op": "empty"},
    ),
}


def register_all() -> None:
    for key, preset in LIBRARY.items():
        presets.register(key, preset)
