"""Writing a plain mail to one person, from their record."""

from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, StaffUser, backoffice
from config.kit.errors import DomainError
from config.kit.pages import Action, FormPage, Link, Section, Wide, receipts, toast
from customers.models import Customer
from messaging.access import recipient_get
from messaging.backoffice.posted import posted
from messaging.services.letters import BODY_LIMIT, SUBJECT_LIMIT, letter_refusal, letter_send

WRITE = "messaging.add_delivery"


class LetterForm(forms.Form):
    subject = forms.CharField(label=lazy("Subject"), max_length=SUBJECT_LIMIT)
    body = forms.CharField(
        label=lazy("Text"),
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=lazy("Your name and the name of the shop stand below it."),
    )
    reply_to = forms.CharField(
        label=lazy("Answers go to"), max_length=254, required=False, help_text=lazy("An e-mail.")
    )


def letter_action(customer: Customer, user: StaffUser) -> Action | None:
    """The button on the record; it says why nobody can write now."""
    if customer.trashed_at is not None:
        return None
    return Action(
        _("Send message"),
        reverse("messaging:letter", args=[customer.public_id]),
        icon="mail",
        permission=WRITE,
        disabled=letter_refusal(customer),
    )


@backoffice(WRITE)
@require_http_methods(["GET", "POST"])
def letter(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = recipient_get(public_id)
    record = reverse("customers:record", args=[customer.public_id])
    form = LetterForm(posted(request), initial={"reply_to": request.user.email})
    if form.is_valid():
        try:
            return redirect(_sent(request, customer, form, record))
        except DomainError as refusal:
            refusal.add_to(form)
    page = FormPage(
        form,
        title=_("Write to %(name)s") % {"name": customer},
        back=Link(str(customer), record),
        submit=_("Send"),
        sections=[
            Section(
                _("Message"),
                _("To %(email)s. For what concerns this person; it is no mailing.")
                % {"email": customer.email or "–"},
                [Wide("subject", 3), Wide("body", 3), Wide("reply_to", 2)],
            )
        ],
    )
    return page.response(request)


@transaction.atomic
def _sent(request: StaffRequest, customer: Customer, form: LetterForm, record: str) -> str:
    """Where to go on; a form that is sent twice is one mail."""
    if (done := receipts.claim(request)) is not None:
        return done
    letter_send(customer=customer, **form.cleaned_data, by=request.user, request=request)
    receipts.settle(request, record)
    toast(request, _("The mail is on its way."))
    return record
