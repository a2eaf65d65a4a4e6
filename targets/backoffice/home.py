"""What the home page shows of targets: those whose size changed most in four weeks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit import home
from targets.backoffice.index import target_url
from targets.selectors.members import grown_most

DAYS = 28
SHOWN = 5


def changed_most(_user: Any) -> dict[str, Any] | None:
    rows = [(one, target_url(one.target)) for one in grown_most(days=DAYS, limit=SHOWN)]
    return {"rows": rows, "days": DAYS} if rows else None


def register_all() -> None:
    home.panels.register(
        "targets.changed",
        home.PanelSource(
            title=_("Targets that changed most"),
            template="targets/home_changed.html",
            context=changed_most,
            permission="targets.view_target",
            order=20,
            column="side",
            url="/backoffice/targets/",
            url_label=_("All targets"),
        ),
    )
