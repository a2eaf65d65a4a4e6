"""What the home page shows of the people: figures, the curve of new ones, imports, what waits."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit import daily, home
from config.kit.home import PERIOD
from config.kit.pages import charts, formats
from customers.backoffice.imports.index import import_status
from customers.selectors.customers import (
    active_by_day,
    active_count,
    activities_by_day,
    registrations_by_day,
    unverified_count,
)
from customers.selectors.imports import imports_recent, imports_to_review
from customers.selectors.requests import requests_due

VIEW = "customers.view_customer"
IMPORT = "customers.import_customers"
EXACT_TO = 10_000
LATE = [("f", "1"), ("state", "open"), ("state", "waiting"), ("due", "late")]
ACTIVE, NEW, VISITS = "customers.active", "customers.new", "customers.visits"


def active_figure(_user: Any) -> home.Figure:
    values = daily.series([ACTIVE])[ACTIVE]
    exact = active_count(most=EXACT_TO + 1)
    now = exact if exact <= EXACT_TO else values[-1]
    before = values[-PERIOD - 1]
    return home.Figure(
        label=_("Active customers"),
        value=formats.number(now),
        url=f"{reverse('customers:list')}?{urlencode({'f': '1', 'status': 'active'})}",
        change=(now - before) / before if before else None,
        series=[*values[-PERIOD:-1], now],
    )


def new_figure(_user: Any) -> home.Figure:
    values = daily.series([NEW])[NEW]
    first = daily.days_until_today(PERIOD)[0].isoformat()
    return home.Figure(
        label=_("New customers"),
        value=formats.number(sum(values[-PERIOD:])),
        url=f"{reverse('customers:list')}?{urlencode({'f': '1', 'registered_min': first})}",
        change=home.change(values),
        series=values[-PERIOD:],
    )


def visits_figure(_user: Any) -> home.Figure:
    values = daily.series([VISITS])[VISITS]
    return home.Figure(
        label=_("Customer log-ins"),
        value=formats.number(sum(values[-PERIOD:])),
        url=reverse("customers:list"),
        change=home.change(values),
        series=values[-PERIOD:],
    )


def new_chart(_user: Any) -> dict[str, Any] | None:
    """New customers of each day, the four weeks before as a dashed line."""
    values = daily.series([NEW])[NEW]
    if not any(values):
        return None
    chart = charts.line(
        title=_("New customers by day"),
        labels=[formats.weekday(day) for day in daily.days_until_today(PERIOD)],
        series=[
            charts.Series(_("These 28 days"), values[-PERIOD:], "primary"),
            charts.Series(_("28 days before"), values[:PERIOD], "slate", dashed=True),
        ],
        height=210,
        label_every=7,
    )
    return {"chart": chart}


def recent_imports(_user: Any) -> dict[str, Any] | None:
    rows = [(one, import_status(one)) for one in imports_recent(limit=4)]
    return {"rows": rows} if rows else None


def waiting_imports(_user: Any) -> list[home.Attention]:
    return [
        home.Attention(
            icon="file-import",
            tone="info",
            title=_("An import waits for review"),
            detail=one.file_name,
            url=reverse("imports:detail", args=[one.public_id]),
            verb=_("Review"),
        )
        for one in imports_to_review(limit=3)
    ]


def unverified(_user: Any) -> list[home.Attention]:
    """People whose address nobody has verified: a campaign to them may bounce."""
    most = 1000
    count = unverified_count(most=most + 1)
    if not count:
        return []
    text = formats.number(count) if count <= most else f"{formats.number(most)}+"
    return [
        home.Attention(
            icon="mail-question",
            title=ngettext(
                "%(n)s customer with an unverified e-mail",
                "%(n)s customers with an unverified e-mail",
                count,
            )
            % {"n": text},
            detail=_("A mail to them may come back."),
            url=f"{reverse('customers:list')}?view=unverified",
            verb=_("See"),
        )
    ]


def due_requests(_user: Any) -> list[home.Attention]:
    """What the law wants answered: late, or within a week."""
    due = requests_due()
    found = []
    url = f"{reverse('customers:requests')}?{urlencode(LATE)}"
    if due.late:
        text = ngettext(
            "%(n)s privacy request is late", "%(n)s privacy requests are late", due.late
        )
        found.append(_request_call(text, due.late, url, "danger", _("The law sets the last day.")))
    if due.soon:
        text = ngettext(
            "%(n)s privacy request is due within a week",
            "%(n)s privacy requests are due within a week",
            due.soon,
        )
        detail = _("The first one by %(day)s.") % {"day": formats.day(due.first_soon)}
        found.append(
            _request_call(text, due.soon, reverse("customers:requests"), "warning", detail)
        )
    return found


def _request_call(text: str, count: int, url: str, tone: Any, detail: str) -> home.Attention:
    return home.Attention(
        icon="scale",
        tone=tone,
        title=text % {"n": formats.number(count)},
        detail=detail,
        url=url,
        verb=_("See"),
    )


def register_all() -> None:
    daily.metrics.register(ACTIVE, daily.DailyMetric(count=active_by_day))
    daily.metrics.register(NEW, daily.DailyMetric(count=registrations_by_day, is_quick=True))
    daily.metrics.register(VISITS, daily.DailyMetric(count=activities_by_day("login")))
    figures = ((ACTIVE, active_figure), (NEW, new_figure), (VISITS, visits_figure))
    for order, (key, find) in enumerate(figures, start=10):
        home.figures.register(key, home.FigureSource(find=find, permission=VIEW, order=order))
    home.panels.register(
        NEW,
        home.PanelSource(
            title="", template="kit/home_chart.html", context=new_chart, permission=VIEW, order=10
        ),
    )
    home.panels.register(
        "customers.imports",
        home.PanelSource(
            title=lazy("Latest imports"),
            template="customers/home_imports.html",
            context=recent_imports,
            permission=IMPORT,
            order=60,
            column="side",
            url="/backoffice/imports/",
            url_label=lazy("All imports"),
        ),
    )
    home.attention.register(
        "customers.imports",
        home.AttentionSource(find=waiting_imports, permission=IMPORT, order=30),
    )
    home.attention.register(
        "customers.requests",
        home.AttentionSource(
            find=due_requests, permission="customers.view_privacyrequest", order=5
        ),
    )
    home.attention.register(
        "customers.unverified", home.AttentionSource(find=unverified, permission=VIEW, order=80)
    )
