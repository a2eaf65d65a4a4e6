"""Home, global search, the tray of jobs, and the reader's language."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.kit import home, nav, search
from config.kit.access import ANY_STAFF, StaffRequest, backoffice
from config.kit.backoffice import job_reading
from config.kit.pages import preferences


@backoffice(ANY_STAFF)
@require_safe
def home_page(request: StaffRequest) -> HttpResponse:
    context = {
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
        return render(request, "kit/palette_places.html", context)
    return render(request, "kit/palette_hits.html", {**context, "places": _places(request, text)})


def _places(request: StaffRequest, text: str) -> list[tuple[Any, str]]:
    items = [item for items in nav.visible_items(request.user).values() for item in items]
    wanted = text.casefold()
    return [
        (item, reverse(item.url_name)) for item in items if wanted in str(item.label).casefold()
    ]


@backoffice(ANY_STAFF)
@require_safe
def tray(request: StaffRequest) -> HttpResponse:
    return render(request, "kit/tray.html", {"jobs": job_reading.tray_of(request.user)})


@backoffice(ANY_STAFF)
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """Keep the language with the log-in and in the cookie."""
    return preferences.language(request)
