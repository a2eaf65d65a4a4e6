"""The page of one thing: header, tabs with their own URLs, a side column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from config.kit.access import StaffRequest
from config.kit.pages import formats
from config.kit.pages.pieces import Action, Badge, Copy, Fact, Link, Text, allowed
from config.kit.pages.steps import Steps, steps_of
from config.kit.recents import recent_note
from config.kit.registry import Registry


@dataclass(frozen=True)
class Panel:
    """A tab of a record page. ``context(request, record)`` runs only when the tab is open."""

    label: Text
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any]]
    permission: str = ""
    order: int = 100
    count: Callable[[Any], int | None] | None = None
    has_side: bool = True
    is_flush: bool = False


@dataclass(frozen=True)
class PanelTab:
    key: str
    label: Text
    url: str
    count: str
    is_active: bool


@dataclass
class RecordPage:
    title: Text
    back: Link
    crumb: Text = ""
    avatar: str = ""
    badges: Sequence[Badge] = ()
    contacts: Sequence[Copy] = ()
    intro: Text = ""
    facts: Sequence[Fact] = ()
    actions: Sequence[Action] = ()
    more: Sequence[Action | None] = ()
    steps: Steps = field(default_factory=Steps)
    side_template: str = ""
    template_name: str = "kit/record.html"
    recent: tuple[str, str] = ("", "")
    tabs: list[PanelTab] = field(default_factory=list)
    panel: Panel | None = None

    def response(
        self,
        request: HttpRequest,
        *,
        panels: Registry[Panel],
        record: Any,
        active: str,
        panel_url: Callable[[str], str],
        context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, or its tabs and open panel when htmx asks for ``#record-body``.

        :raises Http404: no such panel, or not for this person.
        """
        visible = self._visible(panels, request.user)
        panel = dict(visible).get(active)
        if panel is None:
            raise Http404
        if self.recent[0]:
            recent_note(cast("StaffRequest", request), kind=self.recent[0], key=self.recent[1])
        self.panel = panel
        self.steps = steps_of(request, record)
        self.back = Link(self.back.label, self.steps.back(self.back.url))
        self.tabs = [
            PanelTab(
                key, one.label, self.steps.on(panel_url(key)), _count(one, record), key == active
            )
            for key, one in visible
        ]
        self.actions = [one for one in allowed(list(self.actions), request.user) if one]
        self.more = allowed(list(self.more), request.user)
        values = {
            **(context or {}),
            "page": self,
            "record": record,
            "panel_template": panel.template,
            **panel.context(request, record),
        }
        is_part = getattr(getattr(request, "htmx", None), "target", None) == "record-body"
        name = "kit/record_body.html" if is_part else self.template_name
        answer = render(request, name, values)
        patch_vary_headers(answer, ("HX-Request",))
        return answer

    @staticmethod
    def _visible(panels: Registry[Panel], user: Any) -> list[tuple[str, Panel]]:
        can = [
            (key, panel)
            for key, panel in panels.items()
            if not panel.permission or user.has_perm(panel.permission)
        ]
        return sorted(can, key=lambda one: one[1].order)

    @property
    def has_side(self) -> bool:
        return bool(self.side_template) and self.panel is not None and self.panel.has_side


def _count(panel: Panel, record: Any) -> str:
    count = panel.count(record) if panel.count else None
    return "" if count is None else formats.number(count)
