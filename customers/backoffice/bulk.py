"""What can be done to many customers at once: each starts a job."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.pages import BulkAction, Selection, formats, toast
from customers.backoffice.forms import start_of
from customers.backoffice.status_words import CHOICES
from customers.models import Category, Tag, User
from customers.services.bulk import customers_change

TWO = 2


def uuids_of(texts: Sequence[str]) -> list[UUID]:
    """The ids among what was posted."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


class TagsForm(forms.Form):
    """Tags that exist, to tick, and new ones to write; a company without tags only writes."""

    known = forms.ModelMultipleChoiceField(
        label=lazy("Tags"),
        queryset=Tag.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    names = forms.CharField(
        label=lazy("New tags"),
        max_length=400,
        required=False,
        help_text=lazy("Separate several with commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not Tag.objects.exists():
            del self.fields["known"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        written = [one.strip() for one in data.get("names", "").split(",") if one.strip()]
        data["names"] = [tag.name for tag in data.get("known", ())] + written
        if not data["names"] and not self.errors:
            self.add_error(
                "names", forms.ValidationError(_("Choose a tag, or write one."), code="no_tag")
            )
        return data


class UntagForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        label=lazy("Tags"),
        queryset=Tag.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
    )


class CategoryForm(forms.Form):
    categories = forms.ModelMultipleChoiceField(
        label=lazy("Categories"),
        queryset=Category.objects.filter(source="").order_by("name"),
        widget=forms.CheckboxSelectMultiple,
    )
    keep = forms.BooleanField(label=lazy("Keep the categories that they have"), required=False)


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=lazy("New status"), choices=CHOICES, widget=forms.RadioSelect)
    until = forms.DateField(
        label=lazy("Active again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("For who is made inactive. Empty: until somebody activates them again."),
    )
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=300,
        required=False,
        help_text=lazy("It is needed to disable people for good, and to activate them again."),
    )

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and until <= clock.today():
            raise forms.ValidationError(_("The day must lie in the future."), code="until_is_past")
        return until


def _start(
    change: str,
    selection: Selection,
    request: HttpRequest,
    params: dict[str, Any],
    title: str,
    count: int,
) -> HttpResponse | None:
    job = customers_change(
        change=change,
        selection=selection.to_params(),
        count=count,
        params=params,
        by=cast("User", request.user),
        title=title,
        request=request,
    )
    toast(
        request,
        _("It is being done. The tray shows how far it is."),
        undo_url=reverse("customers:bulk_undo", args=[job.public_id]),
        level="info",
    )
    return None


def _count(selection: Selection) -> int:
    return selection.expected or 0 if selection.covers_all else len(selection.ids)


def tag_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext("Tagging %(n)s customer", "Tagging %(n)s customers", count)
    params = {"tags": data["names"]}
    return _start("tag", selection, request, params, _with_count(title, count), count)


def untag_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext("Taking tags from %(n)s customer", "Taking tags from %(n)s customers", count)
    params = {"tags": [tag.name for tag in data["tags"]]}
    return _start("untag", selection, request, params, _with_count(title, count), count)


def categorise_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext(
        "Changing the category of %(n)s customer",
        "Changing the category of %(n)s customers",
        count,
    )
    params = {"categories": [one.code for one in data["categories"]], "keep": data["keep"]}
    return _start("categorise", selection, request, params, _with_count(title, count), count)


def change_status_of_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext(
        "Changing the status of %(n)s customer", "Changing the status of %(n)s customers", count
    )
    until = start_of(data["until"] if data["status"] == "deactivated" else None)
    params = {
        "status": data["status"],
        "reason": data["reason"],
        "until": until.isoformat() if until else None,
    }
    return _start("status", selection, request, params, _with_count(title, count), count)


def verify_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext(
        "Marking the e-mail of %(n)s customer as verified",
        "Marking the e-mails of %(n)s customers as verified",
        count,
    )
    return _start("verify", selection, request, {}, _with_count(title, count), count)


def trash_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext(
        "Moving %(n)s customer to the trash", "Moving %(n)s customers to the trash", count
    )
    return _start("trash", selection, request, {}, _with_count(title, count), count)


def merge_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    """Two ticked records lead to the preview of their merge."""
    pair = [] if selection.covers_all else uuids_of(selection.ids)
    if len(pair) != TWO:
        raise DomainError("not_two", _("Tick two records: they are merged two at a time."))
    return redirect("customers:merge", *pair)


def restore_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = _count(selection)
    title = ngettext("Restoring %(n)s customer", "Restoring %(n)s customers", count)
    return _start("restore", selection, request, {}, _with_count(title, count), count)


def _with_count(text: str, count: int) -> str:
    return text % {"n": formats.number(count)}


def _trash_consequence(count: int) -> str:
    text = ngettext(
        "%(n)s customer leaves the lists, the targets and the mailings, and cannot log in. "
        "The record can be restored from the trash.",
        "%(n)s customers leave the lists, the targets and the mailings, and cannot log in. "
        "The records can be restored from the trash.",
        count,
    )
    return _with_count(text, count)


def _verify_consequence(count: int) -> str:
    text = ngettext(
        "The e-mail of %(n)s customer counts as proved, as if the person had done it. "
        "Do it only for addresses that you have seen work.",
        "The e-mails of %(n)s customers count as proved, as if the people had done it. "
        "Do it only for addresses that you have seen work.",
        count,
    )
    return _with_count(text, count)


def _restore_consequence(count: int) -> str:
    text = ngettext(
        "%(n)s customer comes back from the trash, as before.",
        "%(n)s customers come back from the trash, as before.",
        count,
    )
    return _with_count(text, count)


CHANGE, DELETE = "customers.change_customer", "customers.delete_customer"
BULK_ACTIONS = (
    BulkAction("tag", pgettext_lazy("verb", "Tag"), "tag", CHANGE, tag_selected, form=TagsForm),
    BulkAction(
        "categorise",
        lazy("Change category"),
        "category",
        CHANGE,
        categorise_selected,
        form=CategoryForm,
    ),
    BulkAction(
        "status",
        lazy("Change status"),
        "toggle-left",
        CHANGE,
        change_status_of_selected,
        form=StatusForm,
    ),
    BulkAction(
        "verify",
        lazy("Mark as verified"),
        "rosette-discount-check",
        CHANGE,
        verify_selected,
        confirm=_verify_consequence,
    ),
    BulkAction("untag", lazy("Remove tags"), "tags", CHANGE, untag_selected, form=UntagForm),
    BulkAction(
        "merge", lazy("Merge two"), "git-merge", "customers.merge_customers", merge_selected
    ),
    BulkAction(
        "trash",
        lazy("Move to the trash"),
        "trash",
        DELETE,
        trash_selected,
        confirm=_trash_consequence,
        danger=True,
        needs_proof=True,
    ),
    BulkAction(
        "restore",
        lazy("Restore"),
        "arrow-back-up",
        DELETE,
        restore_selected,
        confirm=_restore_consequence,
    ),
)
