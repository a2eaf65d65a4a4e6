"""Two people edited one record: what goes together by itself, and what somebody must choose."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from config.kit.access import StaffRequest
from config.kit.audit import last_entry_of
from config.kit.pages import Conflict, Link, conflict_response, race, shown_text
from customers.access import customer_of
from customers.backoffice.forms import CustomerForm, form_values
from customers.models import Customer


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
    found = race(form, request.POST, base=form.base_values, theirs=theirs)
    found.data["base"], found.data["version"] = shown_text(theirs), str(now.version)
    edit = last_entry_of(now)
    return Merge(
        customer=now,
        form=CustomerForm(found.data, customer=now),
        data=found.data,
        conflicts=found.conflicts,
        by=edit.actor_label if edit else "",
        at=edit.at if edit else None,
    )


def show_conflict(request: StaffRequest, merge: Merge) -> HttpResponse:
    """The screen that asks; it carries the merged values of all other fields."""
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
        data=merge.data,
    )
