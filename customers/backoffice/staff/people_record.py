"""The page of one member of staff."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.audit.catalogue import action_text
from config.kit.pages import (
    Action,
    Badge,
    Copy,
    Fact,
    Link,
    Panel,
    RecordPage,
    TimelineEntry,
    formats,
)
from config.kit.registry import Registry
from customers.backoffice.staff.people_index import STATE_TONES, STATES, role_text
from customers.selectors.accounts import open_sessions
from customers.selectors.staff import ACTIVE, DEACTIVATED, INVITED, staff_deeds
from customers.services.second_factor import recovery_codes_left
from customers.sessions import BACKOFFICE

CHANGE = "customers.change_user"
DEEDS = 100
panels: Registry[Panel] = Registry("staff panels")


def person_page(request: HttpRequest, user: Any, panel: str) -> HttpResponse:
    seen = formats.moment(user.last_login) if user.last_login else _("Never")
    page = RecordPage(
        title=str(user),
        back=Link(_("Staff"), reverse("staff:people")),
        avatar=str(user),
        badges=[Badge(STATE_TONES[user.state], dict(STATES)[user.state])],
        contacts=[Copy(user.email, icon="mail")],
        facts=[
            Fact(_("Role"), role_text(user)),
            Fact(_("Second factor"), _("On") if user.has_factor else _("Off")),
            Fact(_("Last log-in"), seen),
        ],
        actions=_actions(user),
        more=_more(user),
    )
    return page.response(
        request,
        panels=panels,
        record=user,
        active=panel,
        panel_url=lambda key: reverse("staff:person_panel", args=[user.pk, key]),
    )


def _actions(user: Any) -> list[Action]:
    if user.state == DEACTIVATED:
        return [_post(user, "reactivate", _("Let in again"), "lock-open")]
    actions = [
        Action(_("Change the role"), _url(user, "role"), icon="user-shield", permission=CHANGE)
    ]
    if user.state == INVITED:
        actions.insert(0, _post(user, "invite_again", _("Send the link again"), "mail-forward"))
    return actions


def _more(user: Any) -> list[Action | None]:
    if user.state == DEACTIVATED:
        return []
    menu: list[Action | None] = []
    if user.state == ACTIVE and user.has_factor:
        label = _("Reset the second factor")
        menu.append(Action(label, _url(user, "factor_reset"), icon="shield-x", permission=CHANGE))
    label = _("Revoke the invitation") if user.state == INVITED else _("Deactivate")
    menu.append(
        Action(label, _url(user, "deactivate"), icon="user-off", style="danger", permission=CHANGE)
    )
    return menu


def _post(user: Any, name: str, label: str, icon: str) -> Action:
    return Action(
        label, _url(user, name), icon=icon, style="primary", method="post", permission=CHANGE
    )


def _url(user: Any, name: str) -> str:
    return reverse(f"staff:person_{name}", args=[user.pk])


def _access(_request: HttpRequest, user: Any) -> dict[str, Any]:
    return {"role_text": role_text(user), "codes_left": recovery_codes_left(user=user)}


def _sessions(request: HttpRequest, user: Any) -> dict[str, Any]:
    key = request.session.session_key
    return {"sessions": open_sessions(user, scope=BACKOFFICE, current_key=key)}


def _deeds(_request: HttpRequest, user: Any) -> dict[str, Any]:
    entries = [
        TimelineEntry(one.at, "history", action_text(one.action), detail=one.ip or "")
        for one in staff_deeds(user, DEEDS)
    ]
    return {"entries": entries}


def register_all() -> None:
    """Fill the tabs of this page."""
    panels.register("access", Panel(lazy("Access"), "staff/panels/access.html", _access, order=10))
    panels.register(
        "sessions",
        Panel(
            lazy("Open sessions"),
            "staff/panels/sessions.html",
            _sessions,
            "customers.view_session",
            20,
        ),
    )
    panels.register(
        "deeds",
        Panel(lazy("What they did"), "staff/panels/deeds.html", _deeds, "kit.view_auditentry", 30),
    )
