"""The page of a list of people: who stands on it, whom to put on it, which targets ask for it."""

import json
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.access import StaffRequest
from config.kit.backoffice.trail_reading import trail_action
from config.kit.pages import Action, Fact, Link, Panel, RecordPage, formats
from targets.models import StaticList
from targets.picks import STATIC_FILTER
from targets.registry import list_panels
from targets.rules.tree import VERSION
from targets.selectors.lists import entries_page, targets_asking

LARGEST_FILE = 2_000_000
VIEW = "targets.view_target"


class PeopleForm(forms.Form):
    """Who is put on the list: pasted, or from a file."""

    people = forms.CharField(
        label=gettext_lazy("E-mail addresses or codes, one a line"),
        required=False,
        max_length=LARGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV file"),
        required=False,
        help_text=gettext_lazy("Any column may hold the address or the code."),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        upload = found.get("file")
        text = found.get("people", "")
        if upload is not None:
            if upload.size > LARGEST_FILE:
                self.add_error("file", _("The file is larger than 2 MB. Use an import for it."))
            else:
                text += "\n" + decoded(upload.read())
        if not text.strip() and not self.errors:
            self.add_error("people", _("Write or paste at least one address or code."))
        found["text"] = text
        return found


def decoded(raw: bytes) -> str:
    """Text of a file as office programs write it."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def rule_address(people: StaticList) -> str:
    """The rule "on this list", as a query."""
    leaf = {"filter": STATIC_FILTER, "op": "any", "value": [people.slug]}
    rule = json.dumps({"version": VERSION, "rule": leaf}, separators=(",", ":"))
    return urlencode({"rule": rule, "f": "1"})


def list_page(people: Any) -> RecordPage:
    change = "targets.change_target"
    return RecordPage(
        title=people.name,
        back=Link(_("Lists of people"), reverse("targets:lists")),
        intro=people.description,
        facts=[
            Fact(_("People"), formats.number(people.people)),
            Fact(_("Created"), formats.moment(people.created_at)),
            Fact(_("Slug"), people.slug),
        ],
        actions=[
            Action(_("Edit list"), _url("list_edit", people), icon="pencil", permission=change),
            Action(
                _("See in customers"),
                f"{reverse('customers:list')}?{rule_address(people)}",
                icon="users",
                permission="customers.view_customer",
            ),
        ],
        more=[
            Action(
                _("New target with this list"),
                f"{reverse('targets:new')}?{rule_address(people)}",
                icon="target",
                permission="targets.add_target",
            ),
            trail_action(people),
            None,
            Action(
                _("Delete"),
                _url("list_delete", people),
                icon="trash",
                style="danger",
                dialog=True,
                permission="targets.delete_target",
            ),
        ],
        template_name="targets/record.html",
    )


def _url(name: str, people: StaticList) -> str:
    return reverse(f"targets:{name}", args=[people.public_id])


def people_context(request: HttpRequest, people: StaticList) -> dict[str, Any]:
    page = entries_page(people, after=_key(request, "after"), before=_key(request, "before"))
    user = cast("StaffRequest", request).user
    return {
        "entries": page,
        "people_url": _url("list", people),
        "may_change": user.has_perm("targets.change_target"),
        "people_form": PeopleForm(),
    }


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def uses_context(request: HttpRequest, people: StaticList) -> dict[str, Any]:
    return {"asking": targets_asking(people)}


def register_panels() -> None:
    """Fill the tabs of the page of a list."""
    list_panels.register(
        "people",
        Panel(
            gettext_lazy("People"),
            "targets/panels/list_people.html",
            people_context,
            VIEW,
            10,
            lambda one: int(one.people),
        ),
    )
    list_panels.register(
        "uses",
        Panel(
            gettext_lazy("Targets that ask for it"),
            "targets/panels/list_uses.html",
            uses_context,
            VIEW,
            20,
            lambda one: len(targets_asking(one)),
        ),
    )
