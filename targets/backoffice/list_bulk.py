"""Putting a selection of the customers list on a list of people: the action and its job."""

from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.pages import BulkAction, IndexPage, Selection, formats, toast
from customers import registry as customers
from customers.models import User
from targets.models import StaticList
from targets.services.lists import FILL_JOB, entries_add, list_create, list_fill

CHUNK = 2_000


class FillForm(forms.Form):
    people = forms.ModelChoiceField(
        label=lazy("List"),
        queryset=StaticList.objects.filter(target=None).order_by("name"),
        required=False,
        empty_label=lazy("A new one"),
    )
    name = forms.CharField(label=lazy("Name of the new list"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not found.get("people") and not found.get("name", "").strip():
            self.add_error("name", _("Choose a list, or name a new one."))
        return found


@transaction.atomic
def fill_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    by = cast("User", request.user)
    if data["people"] is None and not by.has_perm("targets.add_target"):
        raise DomainError(
            "list_not_allowed", _("You may not make a new list. Choose one."), field="people"
        )
    people = data["people"] or list_create(name=data["name"], by=by)
    count = selection.expected or 0 if selection.covers_all else len(selection.ids)
    title = ngettext(
        "Putting %(n)s customer on the list %(name)s",
        "Putting %(n)s customers on the list %(name)s",
        count,
    ) % {"n": formats.number(count), "name": people.name}
    list_fill(people=people, selection=selection.to_params(), count=count, title=title, by=by)
    toast(request, _("It is being done. The tray shows how far it is."), level="info")
    return None


def _outcome(result: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(lazy("Put on the list"), result["added"]), (lazy("On it already"), result["held"])]


@job_kind(
    FILL_JOB,
    title=lazy("Putting customers on a list"),
    icon="list-check",
    permission="targets.view_target",
    outcome=_outcome,
)
def fill(run: JobRun) -> dict[str, int]:
    """A chunk a transaction, in the order of the ids: after a kill it goes on where it was."""
    by = User.objects.filter(pk=run.params["by"]).first()
    listed = IndexPage.of_key("customers")
    if listed is None:
        raise LookupError("customers")
    rows = listed.selected(run.params["selection"], user=by)
    if "total" not in run.state:
        run.save_state(total=rows.order_by().count(), last=0, done=0, added=0)
    while chunk := list(
        rows.filter(pk__gt=run.state["last"]).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        _fill_chunk(run, chunk, by)
        run.progress(run.state["done"], max(run.state["total"], run.state["done"]))
    return {"added": run.state["added"], "held": run.state["done"] - run.state["added"]}


@transaction.atomic
def _fill_chunk(run: JobRun, chunk: list[int], by: User | None) -> None:
    people = StaticList.objects.select_for_update().filter(pk=run.params["list"]).first()
    if people is None:
        raise DomainError("list_gone", _("The list was deleted meanwhile."))
    added = entries_add(people, chunk, by)
    run.save_state(
        last=chunk[-1], done=run.state["done"] + len(chunk), added=run.state["added"] + added
    )


def register_all() -> None:
    customers.bulk_actions.register(
        "list",
        BulkAction(
            "list",
            lazy("Put on a list"),
            "list-check",
            "targets.change_target",
            fill_selected,
            form=FillForm,
        ),
    )
