"""How the timeline tells by which code somebody came, and whom they brought."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import Link
from customers.models import Activity
from customers.rules.registration_codes import code_shown
from customers.selectors.trail import customers_named
from customers.timeline import register


def _code(row: Activity) -> str:
    return code_shown(row.data.get("code", ""))


def _came_by(row: Activity) -> str:
    return _("Came by the code %(code)s") % {"code": _code(row)}


def _brought(row: Activity) -> str:
    return _("Somebody came by their code %(code)s") % {"code": _code(row)}


def _taken_back(row: Activity) -> str:
    text = _("{who} took back that this person came by the code {code}")
    return format_html(text, who=row.actor_name, code=_code(row))


def _whom(rows: list[Activity]) -> dict[int, dict[str, Any]]:
    """The ledger keeps an id; of an erased person there is no name to show."""
    ids = {row.object_id for row in rows if row.object_id is not None}
    names = {
        pk: Link(name, reverse("customers:record", args=[public_id]))
        for pk, public_id, name in customers_named(ids)
    }
    return {row.pk: {"link": names[row.object_id]} for row in rows if row.object_id in names}


def register_all() -> None:
    record = "record"
    register("came_by_code", lazy("Came by a code"), "ticket", record, _came_by)
    register("code_taken_back", lazy("Code taken back"), "ban", record, _taken_back)
    register(
        "brought_somebody", lazy("Brought somebody"), "users-plus", record, _brought, extras=_whom
    )
