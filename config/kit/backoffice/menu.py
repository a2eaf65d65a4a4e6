"""What the kit itself puts into the menu and on the home page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kit import home, nav
from config.kit.backoffice import (
    abilities,
    checks,
    invariant_words,
    job_reading,
    list_export,
    trail_export,
    trail_words,
)
from config.kit.backoffice.trail_reading import VIEW
from config.kit.pages import formats


def register_all() -> None:
    abilities.register_all()
    nav.items.register(
        "home",
        nav.NavItem(
            section="",
            label=gettext_lazy("Home"),
            icon="home",
            url_name="kit:home",
            go="h",
            permission="",
            order=0,
        ),
    )
    nav.items.register(
        "jobs",
        nav.NavItem(
            section="settings",
            label=gettext_lazy("Jobs"),
            icon="clock",
            url_name="jobs:list",
            go="j",
            permission="",
            order=900,
        ),
    )
    nav.items.register(
        "trail",
        nav.NavItem(
            section="settings",
            label=gettext_lazy("Audit trail"),
            icon="history",
            url_name="kit:trail",
            permission=VIEW,
            order=890,
        ),
    )
    nav.items.register(
        "invariants",
        nav.NavItem(
            section="settings",
            label=gettext_lazy("What must hold"),
            icon="shield-check",
            url_name="kit:invariants",
            permission=checks.PERMISSION,
            order=895,
        ),
    )
    trail_words.register_all()
    invariant_words.register_all()
    home.attention.register(
        "kit.invariants",
        home.AttentionSource(find=_broken_invariants, order=5, permission=checks.PERMISSION),
    )
    home.attention.register("kit.failed_jobs", home.AttentionSource(find=_failed_jobs, order=50))


def _broken_invariants(_user: Any) -> list[home.Attention]:
    last = checks.last_check()
    if last is None or not last.broken:
        return []
    text = ngettext(
        "%(n)s rule that must always hold is broken",
        "%(n)s rules that must always hold are broken",
        last.broken,
    )
    return [
        home.Attention(
            icon="shield-x",
            tone="danger",
            title=text % {"n": formats.number(last.broken)},
            detail=_("Checked on %(when)s.") % {"when": formats.moment(last.at)},
            url=reverse("kit:invariants"),
            verb=_("See which"),
        )
    ]


def _failed_jobs(user: Any) -> list[home.Attention]:
    """One's own work of the last week that failed."""
    return [
        home.Attention(
            icon="alert-circle",
            tone="danger",
            title=job.title,
            detail=job.failure,
            url=reverse("jobs:detail", args=[job.public_id]),
            verb=_("See why"),
        )
        for job in job_reading.failed_jobs_of(user)
    ]


__all__ = ["list_export", "register_all", "trail_export"]
