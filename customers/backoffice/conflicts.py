"""Two people edited one record: what goes together by itself, and what somebody must choose."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from config.kit.access import StaffRequest
from config.kit.pages import Conflict, Link, conflict_response
from customers.access import customer_of
from customers.backoffice.forms import CustomerForm, form_values
from customers.models import Customer
from customers.selectors.customers import last_edit_of


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The posted form with the other's changes in it, and the fields that both changed."""

    customer: Customer
    form: CustomerForm
    data: QueryDict
    conflicts: list[Conflict]
    by: str
    at: datetime | None


def merged_with_theirs(request: StaffRequest, customer: Customer, form: CustomerForm) -> Merge:
    """Compare what the form showed, what was posted, and what the record holds now."""
    now = customer_of(customer.public_id)
    theirs = form_values(now, form.custom)
    base = form.base_values
    data = request.POST.copy()
    conflicts: list[Conflict] = []
    for name, their_value in theirs.items():
        shown = base.get(name, their_value)
        if their_value == shown:
            continue
        yours = _posted(data, name, their_value)
        if yours == shown or isinstance(their_value, list):
            _take(data, name, their_value)
        elif yours != their_value:
            conflicts.append(_conflict(form, name, shown, yours, their_value))
    data["base"], data["version"] = json.dumps(theirs), str(now.version)
    edit = last_edit_of(now)
    return Merge(
        customer=now,
        form=CustomerForm(data, customer=now),
        data=data,
        conflicts=conflicts,
        by=edit.actor_label if edit else "",
        at=edit.at if edit else None,
    )


def _posted(data: QueryDict, name: str, like: Any) -> Any:
    if isinstance(like, list):
        return data.getlist(name)
    return data.get(name, "").strip()


def _take(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, [str(one) for one in value])
    else:
        data[name] = str(value)


def _conflict(form: CustomerForm, name: str, base: str, yours: str, theirs: str) -> Conflict:
    field = form.fields[name]
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return Conflict(
        name,
        field.label or name,
        labels.get(base, base),
        labels.get(yours, yours),
        labels.get(theirs, theirs),
        yours_value=yours,
        theirs_value=theirs,
    )


def show_conflict(request: StaffRequest, merge: Merge) -> HttpResponse:
    """The screen that asks; it carries the merged values of all other fields."""
    request.POST = cast("Any", merge.data)
    return conflict_response(
        request,
        form=merge.form,
        conflicts=merge.conflicts,
        version=str(merge.customer.version),
        back=Link(
            str(merge.customer), reverse("customers:record", args=[merge.customer.public_id])
        ),
        by=merge.by,
        at=merge.at,
    )
