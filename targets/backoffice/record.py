"""The page of a target: facts, tabs, side column."""

from bisect import bisect_left
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.access import StaffUser
from config.kit.backoffice.trail_reading import trail_action
from config.kit.pages import Action, Badge, Fact, Link, Panel, RecordPage, charts, formats
from customers.selectors.customers import customers_found
from targets.backoffice.auditing import audits
from targets.backoffice.history import history
from targets.backoffice.movements import why
from targets.backoffice.picking import choices
from targets.backoffice.reaching import reach
from targets.backoffice.version_words import version_words
from targets.catalog import Catalog
from targets.models import Target
from targets.registry import panels, record_actions, uses_of
from targets.selectors.evaluation import people_count
from targets.selectors.lists import picks_of, sides_of
from targets.selectors.members import last_changes, members_among, members_page, sizes
from targets.selectors.upkeep import open_drift, stands_at
from targets.selectors.words import target_words

PERIODS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("12 months"),
}
VIEW = "targets.view_target"
MOST_CHECKED = 10
MOST_MARKS = 6


def target_page(target: Target, user: StaffUser) -> RecordPage:
    change, add = "targets.change_target", "targets.add_target"
    return RecordPage(
        title=target.name,
        back=Link(_("Targets"), reverse("targets:index")),
        intro=target_words(target),
        recent=("targets", str(target.public_id)),
        badges=_badges(target),
        facts=_facts(target),
        actions=[
            *(make(target) for make in record_actions.values()),
            Action(_("Edit rule"), _url("edit", target), icon="pencil", permission=change),
            Action(
                _("Duplicate"),
                _url("duplicate", target),
                icon="copy",
                method="post",
                permission=add,
            ),
        ],
        more=[
            Action(
                _("Find its people now"),
                _url("refresh", target),
                icon="refresh",
                method="post",
                permission=change,
            ),
            Action(
                _("Compare with another"),
                f"{reverse('targets:compare')}?{urlencode({'a': target.slug})}",
                icon="git-compare",
            ),
            trail_action(target),
            None,
            Action(
                _("Delete"),
                _url("delete", target),
                icon="trash",
                style="danger",
                dialog=True,
                permission="targets.delete_target",
            ),
        ],
        side_template="targets/record_side.html",
        template_name="targets/record.html",
    )


def _url(name: str, target: Target) -> str:
    return reverse(f"targets:{name}", args=[target.public_id])


def _badges(target: Target) -> list[Badge]:
    if target.evaluated_version == target.version:
        return []
    return [Badge("copper", _("Being counted"))]


def _facts(target: Target) -> list[Fact]:
    people = people_count()
    share = target.members_count / people if people else None
    latest = sizes(target, days=1)
    today = latest[-1] if latest else None
    instant = stands_at(target)
    drift = open_drift(target)
    return [
        Fact(_("People"), formats.number(target.members_count)),
        Fact(_("Of all customers"), formats.percent(share)),
        Fact(
            _("In 24 hours"),
            f"+{formats.number(today.entered)} −{formats.number(today.left)}" if today else "–",
        ),
        Fact(_("Stands at"), formats.moment(instant) if instant else _("not yet")),
        Fact(_("Drift"), formats.number(drift), tone="danger" if drift else ""),
        Fact(_("Version"), formats.number(target.version)),
        Fact(_("Slug"), target.slug),
    ]


def overview(request: HttpRequest, target: Target) -> dict[str, Any]:
    period = request.GET.get("period", "90")
    days = int(period) if period in PERIODS else 90
    found = sizes(target, days=days)
    chart = charts.line(
        title=_("People over time"),
        description=_("How many people were in %(name)s at the end of each day.")
        % {"name": target.name},
        labels=[formats.day(one.at) for one in found],
        series=[charts.Series(_("People"), [one.members for one in found], "primary")],
        from_zero=False,
        marks=_version_marks(target, [one.at for one in found]),
    )
    return {
        "chart": chart if len(found) > 1 else None,
        "periods": PERIODS.items(),
        "period": str(days),
        "period_url": _url("target", target),
        "changes": [(one, person, why(one)) for one, person in last_changes(target)],
    }


def _version_marks(target: Target, days: list[datetime]) -> list[charts.Mark]:
    """Where the rule changed: the last version of each day that is drawn, the newest few."""
    if not days:
        return []
    saved = target.versions.filter(number__gt=1, saved_at__gt=days[0], saved_at__lte=days[-1])
    by_day = {bisect_left(days, one.saved_at): one.number for one in saved.order_by("number")}
    marks = [
        charts.Mark(place, _("Version %(number)d") % {"number": number})
        for place, number in by_day.items()
    ]
    return marks[-MOST_MARKS:]


def people(request: HttpRequest, target: Target) -> dict[str, Any]:
    page = members_page(target, after=_key(request, "after"), before=_key(request, "before"))
    query = request.GET.get("q", "").strip()[:200]
    found = customers_found(query, MOST_CHECKED) if query else []
    inside = members_among(target, found)
    sides = sides_of(target, [*found, *(one for one, _since in page.rows)])
    return {
        "query": query,
        "checked": [
            (one, one.pk in inside, choices(target, sides.get(one.pk, ""))) for one in found
        ],
        "page_of_members": page,
        "sides": sides,
        "picks": picks_of(target),
        "people_url": reverse("targets:panel", args=[target.public_id, "people"]),
    }


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def versions(request: HttpRequest, target: Target) -> dict[str, Any]:
    catalog = Catalog()
    rows = target.versions.select_related("saved_by").order_by("-number")
    return {"versions": [(one, version_words(one.rule, catalog)) for one in rows[:100]]}


def uses(request: HttpRequest, target: Target) -> dict[str, Any]:
    return {}


def register_panels() -> None:
    """Fill the tabs of the target page."""
    panels.register(
        "overview",
        Panel(gettext_lazy("Overview"), "targets/panels/overview.html", overview, VIEW, 10),
    )
    panels.register(
        "people",
        Panel(
            gettext_lazy("People"),
            "targets/panels/people.html",
            people,
            VIEW,
            20,
            lambda one: one.members_count,
        ),
    )
    panels.register(
        "reach",
        Panel(
            gettext_lazy("Channels"),
            "targets/panels/reach.html",
            reach,
            VIEW,
            22,
            has_side=False,
        ),
    )
    panels.register(
        "history",
        Panel(gettext_lazy("History"), "targets/panels/history.html", history, VIEW, 25),
    )
    panels.register(
        "audit",
        Panel(gettext_lazy("Audit"), "targets/panels/audit.html", audits, VIEW, 50),
    )
    panels.register(
        "uses",
        Panel(
            gettext_lazy("Uses"),
            "targets/panels/uses.html",
            uses,
            VIEW,
            30,
            lambda one: len(uses_of(one)),
        ),
    )
    panels.register(
        "versions",
        Panel(
            gettext_lazy("Versions"),
            "targets/panels/versions.html",
            versions,
            VIEW,
            40,
            lambda one: one.version,
        ),
    )
