"""Moving a person to another e-mail: asked for, sent again, called off, undone."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, Section, Wide, toast
from customers.access import customer_of, email_move_of
from customers.models import Customer, EmailMove
from customers.services.email_moves import (
    email_move_ask,
    email_move_cancel,
    email_move_resend,
    email_move_undo,
)

MOVE = "customers.move_emails"


class EmailMoveForm(forms.Form):
    address = forms.CharField(
        label=lazy("New e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    keeps_old = forms.BooleanField(
        label=lazy("The old address still leads to this person"), required=False, initial=True
    )
    is_dead = forms.BooleanField(
        label=lazy("Nobody reads the old address any more"), required=False
    )
    evidence = forms.CharField(
        label=lazy("How you know that it is this person"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Only without the old address: a document, a call, what they knew."),
    )

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("is_dead") and not str(values.get("evidence", "")).strip():
            self.add_error("evidence", _("Say how you know that it is this person."))
        return values


def _tab(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "email"])


@backoffice(MOVE)
@step_up
@require_http_methods(["GET", "POST"])
def email_move_new(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = EmailMoveForm(request.POST or None)
    taken: dict[str, str] = {}
    if form.is_valid():
        try:
            _ask(request, customer, form)
        except DomainError as refusal:
            refusal.add_to(form)
            taken = {str(key): str(value) for key, value in refusal.data.items()}
        else:
            toast(request, _("The mails are on their way. The address changes with the proof."))
            return redirect(_tab(customer))
    page = FormPage(
        form,
        title=_("Move %(name)s to another e-mail") % {"name": customer},
        back=Link(str(customer), _tab(customer)),
        submit=_("Send the mails"),
        sections=[
            Section(
                _("Address"),
                _("Both addresses get a mail. The new one must be proved, the old one must agree."),
                [Wide("address", 3), Wide("keeps_old", 3)],
            ),
            Section(
                _("Without the old address"),
                _("The change then waits three days, in which the old address can object."),
                [Wide("is_dead", 3), Wide("evidence", 3)],
            ),
        ],
        template_name="customers/email_moves/form.html",
    )
    return page.response(request, {"customer": customer, "taken": taken})


def _ask(request: StaffRequest, customer: Customer, form: EmailMoveForm) -> EmailMove:
    values = form.cleaned_data
    return email_move_ask(
        customer=customer,
        address=values["address"],
        keeps_old=values["keeps_old"],
        evidence=values["evidence"] if values["is_dead"] else "",
        by=request.user,
        by_staff=True,
        request=request,
    )


@backoffice(MOVE)
@require_POST
def email_move_act(
    request: StaffRequest, public_id: UUID, move_id: UUID, verb: str
) -> HttpResponse:
    """``again``: the mails once more; ``cancel``; ``undo``."""
    customer = customer_of(public_id)
    move = email_move_of(customer, move_id)
    acts = {"again": _again, "cancel": _cancel, "undo": _undo}
    if verb not in acts:
        raise Http404
    try:
        toast(request, acts[verb](request, move))
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect(_tab(customer))


def _again(request: StaffRequest, move: EmailMove) -> str:
    email_move_resend(move=move, by=request.user, request=request)
    return _("The mails are on their way once more.")


def _cancel(request: StaffRequest, move: EmailMove) -> str:
    email_move_cancel(move=move, by=request.user, request=request)
    return _("The change of e-mail is called off.")


def _undo(request: StaffRequest, move: EmailMove) -> str:
    email_move_undo(move=move, by=request.user, request=request)
    return _("The e-mail is as it was before.")
