"""Two people edited one target: what goes together by itself, and what somebody must choose."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffRequest
from config.kit.pages import Conflict, Link, conflict_response
from targets.backoffice.draft import from_rule, to_rule
from targets.catalog import Catalog
from targets.models import Target, TargetVersion
from targets.reading import rule_from_json
from targets.rules.problems import RuleRefused
from targets.selectors.words import rule_words


class TargetForm(forms.Form):
    """Names the parts of a target on the conflict screen."""

    name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"))
    rule = forms.CharField(label=_("Rule"))


Parts = dict[str, Any]


@dataclass(frozen=True)
class Merge:
    """``parts`` have the other's changes in them; ``contested`` are those that both changed."""

    parts: Parts
    base: Parts
    theirs: Parts
    contested: list[str]


def merged_with_theirs(target: Target, posted: QueryDict, yours: Parts, version: int) -> Merge:
    """Compare what the builder began with, what was posted, and what stands saved by now."""
    theirs = parts_of(target)
    base = {
        "name": posted.get("base_name", theirs["name"]),
        "description": posted.get("base_description", theirs["description"]),
        "rule": _rule_of(target, version) or theirs["rule"],
    }
    parts, contested = dict(yours), []
    for key, their_value in theirs.items():
        if yours[key] == base[key]:
            parts[key] = their_value
        elif their_value not in (base[key], yours[key]):
            contested.append(key)
    return Merge(parts, base, theirs, contested)


def parts_of(target: Target) -> Parts:
    rule = as_built(target.rule)
    return {"name": target.name, "description": target.description, "rule": rule}


def as_built(document: Any) -> Any:
    """The rule as the builder posts it, to be compared: its root is always a group."""
    return {**document, "rule": to_rule(from_rule(document.get("rule", {"all": []})))}


def _rule_of(target: Target, version: int) -> Any:
    saved = TargetVersion.objects.filter(target=target, number=version).first()
    return as_built(saved.rule) if saved else None


def show_conflict(
    request: StaffRequest, target: Target, merge: Merge, catalog: Catalog
) -> HttpResponse:
    """The screen that asks; it carries the merged values of the other parts."""
    data = request.POST.copy()
    data["name"], data["description"] = merge.parts["name"], merge.parts["description"]
    data["rule"] = json.dumps(merge.parts["rule"])
    data["base_name"], data["base_description"] = target.name, target.description
    last = TargetVersion.objects.filter(target=target).select_related("saved_by").last()
    return conflict_response(
        request,
        form=TargetForm(),
        conflicts=[_conflict(key, merge, catalog) for key in merge.contested],
        version=str(target.version),
        back=Link(target.name, reverse("targets:edit", args=[target.public_id])),
        by=str(last.saved_by or "") if last else "",
        at=last.saved_at if last else None,
        data=data,
    )


def _conflict(key: str, merge: Merge, catalog: Catalog) -> Conflict:
    return Conflict(
        name=key,
        label=TargetForm.base_fields[key].label or key,
        base=_shown(key, merge.base[key], catalog),
        yours=_shown(key, merge.parts[key], catalog),
        theirs=_shown(key, merge.theirs[key], catalog),
        yours_value=_posted(key, merge.parts[key]),
        theirs_value=_posted(key, merge.theirs[key]),
    )


def _posted(key: str, value: Any) -> str:
    return json.dumps(value) if key == "rule" else str(value)


def _shown(key: str, value: Any, catalog: Catalog) -> str:
    if key != "rule":
        return str(value)
    try:
        return rule_words(rule_from_json(value, catalog), catalog)
    except RuleRefused as refusal:
        return refusal.message
