"""Template tags that every template has."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    RadioSelect,
    SelectMultiple,
)
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django_filters.widgets import DateRangeWidget

from config.kit import nav, notices
from config.kit.backoffice import job_reading
from config.kit.money import format_minor
from config.kit.pages import cells, charts, formats
from config.kit.pages.drafts import drafts_done
from config.kit.pages.icons import icon as draw_icon
from config.kit.pages.pieces import Action, Segment, Text, TimelineDay, TimelineEntry, allowed

register = template.Library()
MOST_TICKS = 8

register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("percent", formats.percent)
register.filter("size", formats.size)
register.filter("moment", formats.moment)
register.filter("day", formats.day)
register.filter("clock", formats.hour)
register.filter("ago", formats.ago)
register.filter("near_day", formats.near_day)
register.filter("long_day", formats.long_day)
register.filter("initials", cells.initials)
register.simple_tag(charts.sparkline, name="sparkline")
register.simple_tag(cells.tag, name="tag")
register.simple_tag(cells.status, name="status")
register.simple_tag(cells.badge, name="badge")


@register.simple_tag
def icon(name: str, size: int = 16, classes: str = "") -> SafeString:
    return draw_icon(name, size, classes)


@register.simple_tag
def avatar(name: object, size: int = 28) -> SafeString:
    return cells.avatar(str(name), size)


@register.simple_tag
def money(amount: int | None, currency: str = "") -> str:
    """An amount in minor units; the site's currency unless another is named."""
    if amount is None:
        return "–"
    return format_minor(amount, currency or settings.SITE_CURRENCY, get_language() or "es")


@register.simple_tag
def progress(
    part: int | None, whole: int | None, tone: str = "primary", label: str = ""
) -> SafeString:
    return cells.bar(part or 0, whole or 0, tone, label)


@register.simple_tag
def stacked(segments: Sequence[Segment], title: Text, height: int = 10) -> SafeString:
    return charts.stacked(segments, title=title, height=height)


@register.simple_tag
def ring(part: int | None, whole: int | None) -> SafeString:
    """A small ring for narrow screens."""
    length = 2 * 3.14159 * 8
    share = min(1.0, (part or 0) / whole) if whole else 0.25
    return format_html(
        '<svg class="ring" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8"/>'
        '<circle class="done" cx="10" cy="10" r="8" stroke-dasharray="{} {}" '
        'transform="rotate(-90 10 10)"/></svg>',
        f"{length * share:.1f}",
        f"{length:.1f}",
    )


@register.inclusion_tag("components/chart.html")
def chart(chart: charts.Chart, heading: str = "h2") -> dict[str, Any]:
    return {"chart": chart, "heading": heading}


@register.inclusion_tag("components/copy.html")
def copy(text: str, label: Text = "") -> dict[str, Any]:
    return {"text": text, "label": label}


@register.inclusion_tag("components/button.html", takes_context=True)
def button(context: template.Context, action: Action, classes: str = "") -> dict[str, Any]:
    """An ``Action`` as a link or as a form with one button; nothing for who may not."""
    user = context.get("user")
    is_allowed = not action.permission or (user is not None and user.has_perm(action.permission))
    return {
        "action": action,
        "is_allowed": is_allowed,
        "classes": classes,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/menu.html", takes_context=True)
def menu(
    context: template.Context, actions: Sequence[Action | None], label: Text = "", classes: str = ""
) -> dict[str, Any]:
    return {
        "actions": allowed(list(actions), context.get("user")),
        "label": label,
        "classes": classes,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, span: int = 1, label: Text = "", placeholder: Text = ""
) -> dict[str, Any]:
    """A form field with label, help, error; ``optional`` in words where it is not required."""
    widget = bound.field.widget
    if placeholder:
        widget.attrs.setdefault("placeholder", str(placeholder))
    widget.attrs.pop("required", None) if isinstance(widget, CheckboxInput) else None
    return {
        "field": bound,
        "span": span,
        "label": label or bound.label,
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": bound.use_fieldset or isinstance(widget, (RadioSelect, CheckboxSelectMultiple)),
        "is_optional": not bound.field.required and not isinstance(widget, CheckboxInput),
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary of what is wrong, which takes the focus."""
    visible = [(bound, error) for bound in form.visible_fields() for error in bound.errors]
    general = [
        *form.non_field_errors(),
        *(error for bound in form.hidden_fields() for error in bound.errors),
    ]
    return {
        "form": form,
        "errors": visible,
        "general": general,
        "count": len(visible) + len(general),
    }


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(
    context: template.Context, entries: Sequence[TimelineEntry], more_url: str = ""
) -> dict[str, Any]:
    """Entries grouped by the site's day, newest first as given."""
    days = [
        TimelineDay(day, list(of_day))
        for day, of_day in groupby(entries, key=lambda one: timezone.localtime(one.at).date())
    ]
    return {
        "days": days,
        "more_url": more_url,
        "user": context.get("user"),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag
def notice(content: str, tone: str = "", icon: str = "") -> SafeString:
    """``{% notice "warning" icon="user-question" %}…{% endnotice %}``."""
    return format_html(
        '<div class="notice notice-{}">{}<div class="grow">{}</div></div>',
        tone,
        draw_icon(icon) if icon else "",
        SafeString(content),
    )


@register.simple_tag(takes_context=True)
def backoffice_menu(context: template.Context) -> list[dict[str, Any]]:
    """The sections of the sidebar with their items, the open one marked."""
    request = context.get("request")
    user = context.get("user")
    if request is None or user is None or not user.is_authenticated:
        return []
    if hasattr(request, "backoffice_menu"):
        return list(request.backoffice_menu)
    sections = []
    for section, items in nav.visible_items(user).items():
        links = [(item, reverse(item.url_name)) for item in items]
        sections.append(
            {"key": section, "title": nav.SECTION_TITLES.get(section, ""), "items": links}
        )
    menu = _with_active(sections, request.path, user)
    request.backoffice_menu = menu
    return menu


def _with_active(sections: list[dict[str, Any]], path: str, user: Any) -> list[dict[str, Any]]:
    """Mark the item with the longest URL that the path begins with; home only when it is open."""
    home = reverse("kit:home")
    urls = [url for section in sections for _item, url in section["items"]]
    fitting = [url for url in urls if path.startswith(url) and (url != home or path == home)]
    active = max(fitting, key=len, default="")
    for section in sections:
        section["items"] = [
            {
                "item": item,
                "url": url,
                "is_active": url == active,
                "badge": item.badge(user) if item.badge else 0,
            }
            for item, url in section["items"]
        ]
        section["is_open"] = any(link["is_active"] for link in section["items"])
    return sections


@register.simple_tag(takes_context=True)
def creations(context: template.Context) -> list[tuple[nav.Creation, str]]:
    """What this person may make, with the page that does it."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return []
    return [(one, reverse(one.url_name)) for one in nav.visible_creations(user)]


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> int:
    user = context.get("user")
    return notices.unread_count(user) if user is not None and user.is_authenticated else 0


@register.filter
def undo_url(message: Any) -> str:
    """The address of a toast's "Undo", if it has one."""
    tags = message.extra_tags or ""
    return tags.removeprefix("undo:") if tags.startswith("undo:/") else ""


@register.filter
def iso(value: datetime | date) -> str:
    return value.isoformat()


@register.filter
def role_of(user: Any) -> str:
    """The first role of a member of staff, as it is called in the menu."""
    group = user.groups.first() if hasattr(user, "groups") else None
    return str(nav.role_labels.get(group.name) or group.name) if group else ""


@register.inclusion_tag("kit/tray.html", takes_context=True)
def jobs_tray(context: template.Context) -> dict[str, Any]:
    """The jobs of this person that run or have just ended."""
    return job_reading.tray_values(_tray(context))


@register.simple_tag(takes_context=True)
def jobs_ring(context: template.Context) -> SafeString:
    """The progress of the first running job as a ring; a clock when none runs."""
    running = [one.job for one in _tray(context) if one.job.is_active]
    return ring(running[0].done, running[0].total) if running else draw_icon("clock", 18)


def _tray(context: template.Context) -> list[job_reading.TrayJob]:
    """Read once for a page."""
    request, user = context.get("request"), context.get("user")
    if request is None or user is None or not user.is_authenticated:
        return []
    if not hasattr(request, "jobs_in_tray"):
        request.jobs_in_tray = job_reading.tray_of(user)
    found: list[job_reading.TrayJob] = request.jobs_in_tray
    return found


@register.simple_tag
def optional_url(name: str) -> str:
    """The URL of a page that may not exist in this installation; empty then."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag
def index_count_label(index: Any, count: int) -> str:
    return str(index.count_label(count))


@register.inclusion_tag("components/field.html")
def filter_field(bound: BoundField) -> dict[str, Any]:
    """A field of the filter panel, where nothing is required and nothing says so."""
    soften_widget(bound)
    return {**field(bound), "is_optional": False}


def soften_widget(bound: BoundField) -> None:
    """A few choices are ticked, not picked from a list box; dates get the browser's calendar."""
    widget = bound.field.widget
    is_list_box = isinstance(widget, SelectMultiple) and not widget.attrs.get("data-select")
    if is_list_box and len(list(widget.choices)) <= MOST_TICKS:
        bound.field.widget = CheckboxSelectMultiple(attrs=widget.attrs, choices=widget.choices)
    for part in getattr(widget, "widgets", [widget]):
        if isinstance(part, DateInput) or isinstance(widget, DateRangeWidget):
            part.input_type = "date"
            part.format = "%Y-%m-%d"


@register.simple_tag(takes_context=True)
def saved_drafts(context: template.Context) -> SafeString:
    """Tells the browser which forms need no draft any more."""
    keys = drafts_done(context["request"]) if "request" in context else []
    return format_html_join(
        "", '<span data-draft-done="{}" hidden></span>', ((key,) for key in keys)
    )


@register.simple_tag
def once() -> SafeString:
    """The key by which a form that is sent twice is handled once (``pages.receipts``)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4())
