"""Statistics of people: visits, interaction, who comes back, where they came from."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from config.kit import daily
from config.kit.access import StaffRequest, backoffice
from config.kit.home import Figure
from config.kit.pages import charts, formats
from customers.backoffice.filters import SOURCES
from customers.registry import counted_as, timeline
from customers.selectors.activity_kinds import OWN, own_kind_label, own_kinds
from customers.selectors.statistics import (
    PERIOD,
    Cohort,
    code_names,
    cohorts_of,
    interactions_by_day,
    kinds_counted,
    visits_by_day,
)
from customers.services.statistics import statistics_current

VISITS, INTERACTIONS = "customers.storefront_visits", "customers.interactions"
TINTS = 5


@backoffice("customers.view_statistics")
@require_safe
def statistics(request: StaffRequest) -> HttpResponse:
    held = statistics_current()
    days = daily.days_until_today(PERIOD)
    context: dict[str, Any] = {
        "since": days[0],
        "until": days[-1],
        "counted_at": held.counted_at,
        "kinds": _kinds(),
        "figures": _figures(held.data),
        "chart": _chart(),
        "came": _came(held.data, days[0].isoformat()),
        "codes": _codes(held.data),
        **_cohorts(cohorts_of(held.data)),
    }
    return render(request, "customers/statistics.html", context)


def _figures(data: dict[str, Any]) -> list[Figure]:
    def figure(label: str, name: str) -> Figure:
        now, before = data[name], data[f"{name}_old"]
        change = (now - before) / before if before else None
        return Figure(label=label, value=formats.number(now), change=change)

    return [
        figure(_("Visits"), "visits"),
        figure(_("People who visited"), "visitors"),
        figure(_("Interactions"), "interactions"),
        figure(_("People who interacted"), "interacting"),
        _stayed(data),
    ]


def _stayed(data: dict[str, Any]) -> Figure:
    """Of those who did something in the 28 days before, who did in these too."""
    before, stayed = data["active_old"], data["stayed"]
    if not before:
        return Figure(label=pgettext("of people", "Retention"), value="–")
    base = _("%(stayed)s of %(before)s came back") % {
        "stayed": formats.number(stayed),
        "before": formats.number(before),
    }
    value = formats.percent(stayed / before)
    return Figure(label=pgettext("of people", "Retention"), value=value, base=base)


def _chart() -> charts.Chart:
    values = daily.series([VISITS, INTERACTIONS], days=PERIOD)
    return charts.line(
        title=_("Visits and interactions by day"),
        labels=[formats.weekday(day) for day in daily.days_until_today(PERIOD)],
        series=[
            charts.Series(_("Visits"), values[VISITS], "primary"),
            charts.Series(_("Interactions"), values[INTERACTIONS], "copper"),
        ],
        height=210,
        label_every=7,
    )


def _came(data: dict[str, Any], since: str) -> list[tuple[str, str, str]]:
    """How the people of the period came: words, number, and the list of them."""
    url, words = reverse("customers:list"), dict(SOURCES)
    return [
        (
            str(words.get(source, source)),
            formats.number(count),
            f"{url}?{urlencode({'f': '1', 'source': source, 'registered_min': since})}",
        )
        for source, count in data["sources"]
    ]


def _codes(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    names = code_names([pk for pk, _count in data["codes"] if pk])
    return [
        (
            names.get(pk, "") if pk else _("Sharing codes of customers"),
            formats.number(count),
            reverse("customers:code", args=[pk]) if pk in names else "",
        )
        for pk, count in data["codes"]
        if not pk or pk in names
    ]


def _cohorts(cohorts: list[Cohort]) -> dict[str, Any]:
    """A row a month of registration: how many, and which part of them was active since."""
    return {
        "cohort_months": list(range(len(cohorts))),
        "cohorts": [
            {
                "month": date_format(one.month, "M Y"),
                "people": formats.number(one.people),
                "parts": [_part(n, one.people) for n in one.active],
                "blank": list(range(len(cohorts) - len(one.active))),
            }
            for one in cohorts
        ],
    }


def _part(active: int, people: int) -> tuple[str, int]:
    """As a percentage, with its tint from 0 to 5."""
    if not people:
        return "–", 0
    return formats.percent(active / people), min(TINTS, round(active / people * TINTS))


def _kinds() -> list[tuple[str, str]]:
    """What counts, in words."""
    own = {one.kind: own_kind_label(one) for one in own_kinds()}
    visits, interactions = kinds_counted()

    def words(kinds: list[str]) -> str:
        known = [own.get(key) or str(timeline[key].label) for key in kinds if _is_known(key, own)]
        return ", ".join(known)

    return [(_("Visits"), words(visits)), (_("Interactions"), words(interactions))]


def _is_known(key: str, own: dict[str, str]) -> bool:
    return key in own if key.startswith(OWN) else key in timeline


def register_all() -> None:
    for key in ("login", "page_view"):
        counted_as.register(key, "visit")
    for key in ("registered", "consent_granted", "brought_somebody"):
        counted_as.register(key, "interaction")
    daily.metrics.register(VISITS, daily.DailyMetric(count=visits_by_day))
    daily.metrics.register(INTERACTIONS, daily.DailyMetric(count=interactions_by_day))
