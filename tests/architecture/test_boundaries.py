"""Who may know whom: layers, doors, relations, templates."""

import re
from functools import cache

import grimp
import pytest
from django.apps import apps
from django.db.models import ForeignKey

from tests.architecture.source import ROOT, name_of, templates

ORDER = ("kit", "customers", "targets", "messaging")
APPS = ORDER[1:]
DOMAIN = {"models", "services", "selectors", "rules", "events", "registry"}
DOORS = {"api", "backoffice", "storefront", "urls", "views", "forms"}
# What an app lets the apps above it import. The last lines are the ways in for new filters.
PUBLIC = {
    "customers": {
        "models", "services", "selectors", "registry", "events", "identity", "merging", "privacy",
    },
    "targets": {
        "models", "services", "selectors", "registry", "rules", "capture",
        "compiling", "parameters", "catalog", "evidence", "filter", "operands", "inputs", "seeding",
        "presets",
    },
}  # fmt: skip
SHARED_TEMPLATES = {"layouts", "components", "kit"}
# The storefront's log-in pages have the look and the fields of the staff's; a receipt says the same
# to the person and to staff.
NEIGHBOURS = {("account", "staff"), ("account", "customers"), ("customers", "staff")}
REFERENCE = re.compile(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("config", *APPS, exclude_type_checking_imports=True)


def circles() -> list[list[str]]:
    """Groups of modules that import each other, directly or in a ring (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph().find_modules_directly_imported_by(name):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            place = stack.index(name)
            ring = stack[place:]
            del stack[place:]
            if len(ring) > 1:
                found.append(sorted(ring))

    for name in sorted(graph().modules):
        if name not in index:
            visit(name)
    return found


def test_no_modules_import_each_other_in_a_circle():
    assert len(graph().modules) > 200
    assert circles() == []


def test_the_domain_knows_no_views():
    broken = [
        f"{name} -> {other}"
        for name in graph().modules
        if name.split(".")[0] in APPS and DOMAIN & set(name.split(".")[1:2])
        for other in graph().find_modules_directly_imported_by(name)
        if DOORS & set(other.split("."))
    ]
    assert broken == []


def test_apps_are_entered_by_their_public_doors():
    broken = [
        f"{name} -> {other}"
        for name in graph().modules
        for other in graph().find_modules_directly_imported_by(name)
        for app, part in [(other.split(".")[0], [*other.split("."), ""][1])]
        if app in APPS and name.split(".")[0] in APPS and name.split(".")[0] != app
        if part not in PUBLIC.get(app, set())
    ]
    assert broken == []


@pytest.mark.parametrize("app", ORDER)
def test_foreign_keys_point_downwards(app: str):
    rank = {name: place for place, name in enumerate(ORDER)}
    broken = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        for target in [field.related_model]
        if target._meta.app_label in rank
        and rank[target._meta.app_label] > rank[app]
        and target._meta.label != "customers.User"
    ]
    assert broken == []


def test_templates_stay_at_home():
    broken = [
        f"{name_of(path)} -> {name}"
        for path in templates()
        for own in [path.relative_to(ROOT / "templates").parts[0]]
        for name in REFERENCE.findall(path.read_text())
        for home in [name.split("/")[0]]
        if home != own and home not in SHARED_TEMPLATES and (own, home) not in NEIGHBOURS
    ]
    assert broken == []
