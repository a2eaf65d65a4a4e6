"""What staff do about a request, a small form each: the words of its dialog, and the service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.access import StaffRequest
from config.kit.errors import DomainError
from config.kit.pages import formats
from customers.backoffice.requests.forms import (
    AssignForm,
    IdentityForm,
    LinkForm,
    NoteForm,
    ReasonForm,
    RemarkForm,
)
from customers.models import PrivacyRequest
from customers.privacy.requests import (
    extension_of,
    request_assign,
    request_extend,
    request_identify,
    request_link,
    request_note,
    request_reopen,
    request_wait,
    request_withdraw,
)
from customers.selectors.requests import customer_with_address

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Act:
    """``text(row)`` says what follows; ``do`` gets the valid form."""

    title: Text
    submit: Text
    done: Text
    form: Callable[..., Any]
    do: Callable[[StaffRequest, PrivacyRequest, Any], None]
    text: Callable[[PrivacyRequest], str] = lambda _row: ""


def _link(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    customer = customer_with_address(form.cleaned_data["email"])
    if customer is None:
        text = _("No record has this e-mail.")
        raise DomainError("nobody", text, field="email")
    request_link(row=row, customer=customer, by=request.user, request=request)


def _identify(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    values = form.cleaned_data
    request_identify(
        row=row,
        is_proved=values["verdict"] == "yes",
        note=values["note"],
        by=request.user,
        request=request,
    )


def _assign(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    request_assign(
        row=row, assignee=form.cleaned_data["assignee"], by=request.user, request=request
    )


def _extend(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    reason = form.cleaned_data["text"]
    try:
        request_extend(row=row, reason=reason, by=request.user, request=request)
    except DomainError as refusal:
        raise DomainError(refusal.code, refusal.message, field="text") from refusal


def _note(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    request_note(row=row, text=form.cleaned_data["text"], by=request.user, request=request)


def _waits(is_waiting: bool) -> Callable[[StaffRequest, PrivacyRequest, Any], None]:
    def do(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
        text = form.cleaned_data["text"]
        request_wait(row=row, is_waiting=is_waiting, text=text, by=request.user, request=request)

    return do


def _withdraw(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    request_withdraw(row=row, text=form.cleaned_data["text"], by=request.user, request=request)


def _reopen(request: StaffRequest, row: PrivacyRequest, form: Any) -> None:
    request_reopen(row=row, text=form.cleaned_data["text"], by=request.user, request=request)


def _extension_text(row: PrivacyRequest) -> str:
    until = extension_of(row)
    if until is None:
        return _("This request cannot be put off any further.")
    text = _("The law allows it once, until %(day)s. The person is written why.")
    return text % {"day": formats.day(until)}


def _waiting_text(_row: PrivacyRequest) -> str:
    return _("For a document or for an answer of theirs. The last day does not move.")


def _link_text(_row: PrivacyRequest) -> str:
    return _("The record that the work is done on. The last day stays as it is.")


ACTS: Final[Mapping[str, Act]] = {
    "link": Act(
        title=lazy("Choose the record"),
        submit=lazy("Choose the record"),
        done=lazy("The record is chosen."),
        form=LinkForm,
        do=_link,
        text=_link_text,
    ),
    "identity": Act(
        title=lazy("Who is it?"),
        submit=lazy("Save"),
        done=lazy("Saved."),
        form=IdentityForm,
        do=_identify,
    ),
    "assign": Act(
        title=lazy("Who answers it"),
        submit=lazy("Assign"),
        done=lazy("Saved."),
        form=AssignForm,
        do=_assign,
    ),
    "extend": Act(
        title=lazy("Put it off"),
        submit=lazy("Put it off"),
        done=lazy("It is put off, and the person is told."),
        form=ReasonForm,
        do=_extend,
        text=_extension_text,
    ),
    "note": Act(
        title=lazy("Note on the request"),
        submit=lazy("Save note"),
        done=lazy("The note is saved."),
        form=NoteForm,
        do=_note,
    ),
    "wait": Act(
        title=lazy("Wait for the person"),
        submit=lazy("Wait for the person"),
        done=lazy("It waits for the person."),
        form=RemarkForm,
        do=_waits(True),
        text=_waiting_text,
    ),
    "resume": Act(
        title=lazy("Go on with it"),
        submit=lazy("Go on"),
        done=lazy("It goes on."),
        form=RemarkForm,
        do=_waits(False),
    ),
    "withdraw": Act(
        title=lazy("The person withdraws it"),
        submit=lazy("Close as withdrawn"),
        done=lazy("It is closed."),
        form=RemarkForm,
        do=_withdraw,
    ),
    "reopen": Act(
        title=lazy("Open it again"),
        submit=lazy("Open again"),
        done=lazy("It is open again."),
        form=ReasonForm,
        do=_reopen,
    ),
}


def empty_form(act: Act, data: Any) -> forms.Form:
    made: forms.Form = act.form(data)
    return made
