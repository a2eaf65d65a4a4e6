"""Home, global search, the tray of jobs, notices, and the reader's language."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit import daily, home, nav, notices, search
from config.kit.access import ANY_STAFF, StaffRequest, backoffice
from config.kit.backoffice import job_reading
from config.kit.pages import preferences
from config.kit.recents import recents_of
from config.kit.texts import fold


@backoffice(ANY_STAFF)
@require_safe
def home_page(request: StaffRequest) -> HttpResponse:
    days = daily.days_until_today(home.PERIOD)
    context = {
        "since": days[0],
        "until": days[-1],
        "attention": home.attention_of(request.user),
        "figures": home.figures_of(request.user),
        "main_panels": home.panels_of(request.user, "main"),
        "side_panels": home.panels_of(request.user, "side"),
    }
    return render(request, "kit/home.html", context)


@backoffice(ANY_STAFF)
@require_safe
def search_page(request: StaffRequest) -> HttpResponse:
    """The hits of every kind; for the palette also the places of the menu that fit."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    context = {"text": text, "groups": search.find(text, user=request.user)}
    if request.GET.get("palette") != "1":
        return render(request, "kit/search.html", context)
    if not text:
        return render(
            request, "kit/palette_places.html", {**context, "recents": recents_of(request)}
        )
    return render(request, "kit/palette_hits.html", {**context, "places": _places(request, text)})


def _places(request: StaffRequest, text: str) -> list[tuple[Any, str]]:
    """What can be made and where one can go, by their words."""
    items = [item for items in nav.visible_items(request.user).values() for item in items]
    places: list[nav.Creation | nav.NavItem] = [*nav.visible_creations(request.user), *items]
    wanted = fold(text)
    return [(one, reverse(one.url_name)) for one in places if wanted in fold(str(one.label))]


@backoffice(ANY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: StaffRequest) -> HttpResponse:
    """The newest notices; a POST also marks them as read and shows which ones were not."""
    context = {"notices": notices.notices_of(request.user)}
    if request.method == "POST":
        notices.notices_read(user=request.user)
        if not request.htmx:
            return redirect("kit:notices")
    name = "kit/notices_list.html" if request.htmx else "kit/notices.html"
    return render(request, name, context)


@backoffice(ANY_STAFF)
@require_safe
def tray(request: StaffRequest) -> HttpResponse:
    values = job_reading.tray_values(job_reading.tray_of(request.user))
    return render(request, "kit/tray.html", values)


@backoffice(ANY_STAFF)
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """Keep the language with the log-in and in the cookie."""
    return preferences.language(request)
