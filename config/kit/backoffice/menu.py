"""What the kit itself puts into the menu and on the home page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import home, nav
from config.kit.backoffice import abilities, job_reading, list_export, trail_export, trail_words
from config.kit.backoffice.trail_reading import VIEW


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
    trail_words.register_all()
    home.attention.register("kit.failed_jobs", home.AttentionSource(find=_failed_jobs, order=50))


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
