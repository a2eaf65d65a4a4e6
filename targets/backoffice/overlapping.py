"""Two targets side by side: whom they share, drawn, with each part as a list."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from targets.backoffice.circles import circles
from targets.models import Target
from targets.rules.tree import VERSION
from targets.selectors.overlap import Overlap, overlap, targets_called, targets_named
from targets.selectors.words import target_words


@dataclass(frozen=True)
class Part:
    """One of the three parts: its words, its people, its share of all, the list of them."""

    label: str
    number: int
    share: float
    url: str
    tone: str


def overlap_page(request: HttpRequest) -> HttpResponse:
    asked = [request.GET.get(name, "").replace("\0", "")[:100] for name in ("a", "b")]
    found = targets_called(asked)
    context: dict[str, Any] = {
        "named": targets_named(),
        "asked_first": asked[0],
        "asked_second": asked[1],
    }
    if asked[0] in found and asked[1] in found and asked[0] != asked[1]:
        context |= _compared(found[asked[0]], found[asked[1]])
    elif asked[0] and asked[0] == asked[1]:
        context["hint"] = _("Choose two different targets.")
    return render(request, "targets/overlap.html", context)


def _compared(first: Target, second: Target) -> dict[str, Any]:
    numbers = overlap(first, second)
    return {
        "first": first,
        "second": second,
        "words": (target_words(first), target_words(second)),
        "numbers": numbers,
        "circles": circles(numbers.first, numbers.both, numbers.second),
        "parts": _parts(first, second, numbers),
        "is_behind": any(one.evaluated_version != one.version for one in (first, second)),
    }


def _parts(first: Target, second: Target, numbers: Overlap) -> list[Part]:
    total = numbers.total or 1
    only = _("Only in %(name)s")
    told = [
        (only % {"name": first.name}, numbers.first, _list(first, second), "primary"),
        (_("In both"), numbers.both, _list(first, second, is_shared=True), "plum"),
        (only % {"name": second.name}, numbers.second, _list(second, first), "copper"),
    ]
    return [Part(label, number, number / total, url, tone) for label, number, url, tone in told]


def _list(inside: Target, other: Target, *, is_shared: bool = False) -> str:
    """The customers list with those of one target who are (not) in the other."""
    parts = [
        {"filter": "target", "op": "any", "value": [inside.slug]},
        {"filter": "target", "op": "any" if is_shared else "none", "value": [other.slug]},
    ]
    rule = json.dumps({"version": VERSION, "rule": {"all": parts}}, separators=(",", ":"))
    return f"{reverse('customers:list')}?{urlencode({'rule': rule, 'f': '1'})}"
