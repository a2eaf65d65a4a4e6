"""What the home page shows of the mails: figures, what people did with them, what waits."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import clock, daily, home
from config.kit.home import PERIOD
from config.kit.pages import charts, formats
from customers.selectors.customers import activities_by_day
from messaging.backoffice.campaigns.cells import campaign_url
from messaging.selectors import screens

VIEW = "messaging.view_campaign"
SENT, OPENED, CLICKED = "messaging.sent", "messaging.opened", "messaging.clicked"
KINDS = {SENT: "email_sent", OPENED: "email_opened", CLICKED: "email_clicked"}


def sent_figure(_user: Any) -> home.Figure:
    values = daily.series([SENT])[SENT]
    return home.Figure(
        label=_("Mails sent"),
        value=formats.number(sum(values[-PERIOD:])),
        url="/backoffice/messages/",
        change=home.change(values),
        series=values[-PERIOD:],
    )


def opened_figure(_user: Any) -> home.Figure | None:
    """The open rate of the period's campaigns; without a campaign there is none."""
    days = daily.days_until_today(2 * PERIOD)
    now = screens.opened_share(since=_start(days[PERIOD]), until=clock.now())
    before = screens.opened_share(since=_start(days[0]), until=_start(days[PERIOD]))
    if now is None:
        return None
    return home.Figure(
        label=_("Open rate"),
        value=formats.percent(now),
        url="/backoffice/campaigns/",
        base=_("of those delivered"),
        change=(now - before) / before if before else None,
    )


def _start(day: date) -> datetime:
    return clock.span_of(day, day)[0]


def chart(_user: Any) -> dict[str, Any] | None:
    """Opens and clicks of each day; without any there is nothing to look at."""
    values = daily.series([OPENED, CLICKED])
    if not any(any(one) for one in values.values()):
        return None
    drawn = charts.line(
        title=_("What people did with your mails"),
        labels=[formats.weekday(day) for day in daily.days_until_today(PERIOD)],
        series=[
            charts.Series(_("Opens"), values[OPENED][-PERIOD:], "plum"),
            charts.Series(_("Clicks"), values[CLICKED][-PERIOD:], "copper"),
        ],
        height=180,
        label_every=7,
        note=_("Only people: what mail programs and filters open by themselves is left out."),
    )
    return {"chart": drawn}


def unknown(_user: Any) -> list[home.Attention]:
    """Mails that a server may or may not have taken; nobody sends them again by itself."""
    return [
        home.Attention(
            icon="mail-question",
            tone="warning",
            title=ngettext("%(n)s mail of unknown state", "%(n)s mails of unknown state", count)
            % {"n": formats.number(count)},
            detail=campaign.name,
            url=campaign_url(campaign),
            verb=_("Reconcile"),
        )
        for campaign, count in screens.campaigns_with_unknown()
    ]


def scheduled(_user: Any) -> list[home.Attention]:
    """Campaigns that leave today."""
    until = clock.span_of(clock.today(), clock.today())[1]
    return [
        home.Attention(
            icon="calendar-time",
            tone="info",
            title=one.name,
            detail=_("It is sent today at %(time)s.") % {"time": formats.hour(one.scheduled_at)},
            url=campaign_url(one),
            verb=_("See"),
        )
        for one in screens.campaigns_scheduled(until=until)
    ]


def register_all() -> None:
    for key, kind in KINDS.items():
        daily.metrics.register(key, daily.DailyMetric(count=activities_by_day(kind)))
    home.figures.register(SENT, home.FigureSource(find=sent_figure, permission=VIEW, order=40))
    home.figures.register(OPENED, home.FigureSource(find=opened_figure, permission=VIEW, order=50))
    home.panels.register(
        "messaging.activity",
        home.PanelSource(
            title="", template="kit/home_chart.html", context=chart, permission=VIEW, order=20
        ),
    )
    for order, (key, find) in enumerate((("unknown", unknown), ("scheduled", scheduled)), 25):
        home.attention.register(
            f"messaging.{key}", home.AttentionSource(find=find, permission=VIEW, order=order)
        )
