"""The desk: list, new request, its page, what is done about it, the answer."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    Section,
    Wide,
    confirm_response,
    confirmed,
    toast,
)
from customers.access import customer_of, request_of
from customers.backoffice.requests.acts import ACTS, empty_form
from customers.backoffice.requests.forms import ELSEWHERE, AnswerForm, RequestForm
from customers.backoffice.requests.index import RequestIndex
from customers.backoffice.requests.page import request_context
from customers.models import Customer, PrivacyRequest
from customers.privacy.answers import answer_draft
from customers.privacy.requests import address_of, request_answer, request_copy, request_receive

VIEW, ADD = "customers.view_privacyrequest", "customers.add_privacyrequest"
CHANGE = "customers.change_privacyrequest"


def _list() -> Link:
    return Link(_("Privacy requests"), reverse("customers:requests"))


def _page_of(row: PrivacyRequest) -> str:
    return reverse("customers:request", args=[row.public_id])


@backoffice(VIEW)
@require_http_methods(["GET", "POST"])
def request_list(request: StaffRequest) -> HttpResponse:
    return RequestIndex(request).response()


@backoffice(ADD)
@require_http_methods(["GET", "POST"])
def request_new(request: StaffRequest) -> HttpResponse:
    """Write down what came by mail, phone or letter; ``customer`` in the URL names the record."""
    customer = _named(request)
    country = (customer.country if customer else "") or settings.SITE_COUNTRY
    form = RequestForm(request.POST or None, customer=customer, country=country)
    if form.is_valid():
        try:
            row = _received(request, form, customer)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The request is written down."))
            return redirect(_page_of(row))
    back = Link(str(customer), _tab(customer)) if customer else _list()
    return FormPage(
        form,
        title=_("New privacy request"),
        back=back,
        submit=_("Save request"),
        sections=[
            Section(
                _("Request"),
                _("What came, how and when."),
                ["right", "channel", "received_on", Wide("details", 3)],
            ),
            Section(
                _("Person"),
                str(customer) if customer else _("As they wrote it; the record can come later."),
                ["name", Wide("email", 2), "country"],
            ),
        ],
    ).response(request)


def _named(request: StaffRequest) -> Customer | None:
    asked = request.GET.get("customer", "")
    if not asked:
        return None
    try:
        return customer_of(UUID(asked))
    except ValueError:
        raise Http404 from None


def _tab(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "privacy"])


def _received(
    request: StaffRequest, form: RequestForm, customer: Customer | None
) -> PrivacyRequest:
    values: dict[str, Any] = dict(form.cleaned_data)
    if values["country"] == ELSEWHERE:
        values["country"] = customer.country if customer and customer.country else ELSEWHERE
    return request_receive(**values, customer=customer, by=request.user, request=request)


@backoffice(VIEW)
@require_GET
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    row = request_of(request_id)
    context = request_context(row, request.user)
    return render(request, "customers/requests/page.html", {**context, "back": _list()})


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def request_act(request: StaffRequest, request_id: UUID, verb: str) -> HttpResponse:
    row = request_of(request_id)
    act = ACTS.get(verb)
    if act is None:
        raise Http404
    form = empty_form(act, request.POST if confirmed(request) else None)
    if form.is_valid():
        try:
            act.do(request, row, form)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, str(act.done))
            return redirect(_page_of(row))
    return confirm_response(
        request,
        title=act.title,
        text=act.text(row),
        submit=act.submit,
        back=_page_of(row),
        danger=False,
        form=form,
    )


@backoffice("customers.export_customers")
@step_up
@require_POST
def request_make_copy(request: StaffRequest, request_id: UUID) -> HttpResponse:
    row = request_of(request_id)
    try:
        request_copy(row=row, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("The copy is being made. Its link stands here and works for a day."))
    return redirect(_page_of(row))


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def request_reply(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The answer; ``outcome`` in the URL chooses the draft."""
    row = request_of(request_id)
    outcome = "refused" if request.GET.get("outcome") == "refused" else "granted"
    first = {
        "outcome": outcome,
        "text": answer_draft(row, outcome),
        "is_mailed": bool(address_of(row)),
    }
    form = AnswerForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            request_answer(row=row, **form.cleaned_data, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The request is answered and closed."))
            return redirect(_page_of(row))
    return FormPage(
        form,
        title=_("Answer request %(number)s") % {"number": row.number},
        back=Link(row.number, _page_of(row)),
        submit=_("Answer and close"),
        sections=[
            Section(
                _("Answer"),
                _("It goes to %(address)s.") % {"address": address_of(row)}
                if address_of(row)
                else _("No e-mail is known: hand it over the way the request came."),
                [Wide("outcome", 3), Wide("text", 3), Wide("is_mailed", 3)],
            )
        ],
    ).response(request)
