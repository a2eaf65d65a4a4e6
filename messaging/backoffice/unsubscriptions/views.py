"""Unsubscriptions, blocked addresses, and the ways back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    Section,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from customers.models import Suppression
from customers.services.consent import (
    consent_record_by_staff,
    suppression_add,
    suppression_remove,
)
from messaging.access import recipient_get, suppression_get
from messaging.backoffice import words
from messaging.backoffice.posted import posted
from messaging.backoffice.unsubscriptions.forms import BlockForm, ResubscribeForm
from messaging.backoffice.unsubscriptions.index import (
    SuppressionIndex,
    UnsubscriptionIndex,
)
from messaging.selectors.screens import consent_history, withdrawal_of

LIST = "messaging:unsubscription-list"
BLOCKED = "messaging:suppression-list"


@backoffice("customers.view_consentstate")
@require_GET
def unsubscription_list(request: StaffRequest) -> HttpResponse:
    return UnsubscriptionIndex(request).response({"open_list": "unsubscriptions"})


@backoffice("customers.view_suppression")
@require_GET
def suppression_list(request: StaffRequest) -> HttpResponse:
    return SuppressionIndex(request).response({"open_list": "suppressions"})


@backoffice("customers.add_consentevent")
@require_http_methods(["GET", "POST"])
def resubscribe(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Write to a person again who had left: only with the proof of their word."""
    customer = recipient_get(public_id)
    state = withdrawal_of(customer)
    if state is None:
        toast(
            request,
            gettext("%(person)s has not unsubscribed.") % {"person": customer},
            level="info",
        )
        return redirect(LIST)
    form = ResubscribeForm(posted(request))
    if form.is_valid():
        try:
            consent_record_by_staff(
                customer=customer,
                channel=state.channel,
                purpose=state.purpose,
                value="granted",
                evidence=form.cleaned_data["evidence"],
                occurred_at=None,
                by=request.user,
                request=request,
            )
            toast(request, gettext("%(person)s is subscribed again.") % {"person": customer})
            return redirect(LIST)
        except DomainError as refusal:
            refusal.add_to(form)
    context = {
        "customer": customer,
        "state": state,
        "source": words.source_text(state.source),
        "history": [(one, words.source_text(one.source)) for one in consent_history(customer)],
    }
    return FormPage(
        form,
        title=gettext("Subscribe %(person)s again") % {"person": customer},
        back=Link(_("Unsubscriptions"), reverse(LIST)),
        submit=_("Subscribe again"),
        sections=[
            Section(
                _("Proof"),
                _("It is kept in the ledger of consents, with your name and the time."),
                [Wide("evidence", 3)],
            )
        ],
        template_name="messaging/resubscribe.html",
    ).response(request, context)


@backoffice("customers.add_suppression")
@require_http_methods(["GET", "POST"])
def suppression_new(request: StaffRequest) -> HttpResponse:
    form = BlockForm(posted(request))
    if form.is_valid():
        try:
            suppression_add(
                address=form.cleaned_data["address"],
                reason=Suppression.Reason.MANUAL,
                detail=form.cleaned_data["detail"],
                by=request.user,
                request=request,
            )
            toast(request, gettext("Nothing more is sent to this address."))
            return redirect(BLOCKED)
        except DomainError as refusal:
            refusal.add_to(form)
    return FormPage(
        form,
        title=_("Block an address"),
        back=Link(_("Blocked addresses"), reverse(BLOCKED)),
        submit=_("Block the address"),
        intro=_("No campaign and no other mail goes to it, until somebody takes it off the list."),
        sections=[Section(_("Address"), "", [Wide("address", 2), Wide("detail", 3)])],
    ).response(request)


@backoffice("customers.delete_suppression")
@require_http_methods(["GET", "POST"])
def suppression_delete(request: StaffRequest, pk: int) -> HttpResponse:
    suppression = suppression_get(pk)
    if confirmed(request):
        suppression_remove(suppression=suppression, by=request.user, request=request)
        toast(request, gettext("The address is off the list."))
        return redirect(BLOCKED)
    names = {
        "address": suppression.address_key,
        "reason": suppression.get_reason_display(),
        "day": formats.day(suppression.created_at),
    }
    return confirm_response(
        request,
        title=gettext("Unblock %(address)s") % names,
        text=gettext(
            "It was blocked on %(day)s: %(reason)s. Mails go to it again if its owner agreed to "
            "them. Repeated mails to an address that bounces or complains harm the delivery of all."
        )
        % names,
        submit=_("Unblock the address"),
        back=reverse(BLOCKED),
    )
