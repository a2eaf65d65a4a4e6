"""The list, a record and its tabs, the forms to make and edit one."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import FormPage, Link, draft_done, toast
from customers import registry
from customers.access import customer_of, erased_of
from customers.backoffice.conflicts import Merge, merged_with_theirs, show_conflict
from customers.backoffice.forms import CustomerForm, NewCustomerForm, refuse
from customers.backoffice.index import CustomerIndex
from customers.backoffice.locks import proposals
from customers.backoffice.record import record_page, side_sections
from customers.backoffice.status_words import standing_of
from customers.models import Customer
from customers.services.accounts import password_link_request
from customers.services.records import record_create, record_update

FORM = "customers/form.html"
NEW_DRAFT = "customer:new"


@backoffice("customers.view_customer")
@require_http_methods(["GET", "POST"])
def customer_list(request: StaffRequest) -> HttpResponse:
    index = CustomerIndex(request)
    answer = index.response()
    if index.search_error:
        answer.status_code = 422
    return answer


@backoffice("customers.view_customer")
@require_GET
def customer_record(
    request: StaffRequest, public_id: UUID, panel: str = "activity"
) -> HttpResponse:
    erased = erased_of(public_id)
    if erased is not None:
        back = Link(_("Customers"), reverse("customers:list"))
        context = {"erased_at": erased.erased_at, "back": back}
        return render(request, "customers/erased.html", context, status=410)
    customer = customer_of(public_id)
    if customer.public_id != public_id:
        return redirect(panel_url(customer, panel))
    return record_page(customer, request.user).response(
        request,
        panels=registry.panels,
        record=customer,
        active=panel,
        panel_url=lambda key: panel_url(customer, key),
        context={
            "side_sections": side_sections(customer, request.user),
            "standing": standing_of(customer),
            "proposals": proposals(customer),
        },
    )


def panel_url(customer: Customer, key: str) -> str:
    if key == "activity":
        return reverse("customers:record", args=[customer.public_id])
    return reverse("customers:panel", args=[customer.public_id, key])


@backoffice("customers.add_customer")
@require_http_methods(["GET", "POST"])
def customer_create(request: StaffRequest) -> HttpResponse:
    form = NewCustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _created(request, form)
        except DomainError as refusal:
            refuse(form, refusal)
    page = FormPage(
        form,
        title=_("New customer"),
        back=Link(_("Customers"), reverse("customers:list")),
        submit=_("Create customer"),
        sections=form.sections(),
        draft=NEW_DRAFT,
        template_name=FORM,
    )
    return page.response(request)


def _created(request: StaffRequest, form: NewCustomerForm) -> HttpResponse:
    customer = record_create(
        profile=form.profile,
        address=form.address,
        categories=form.cleaned_data["categories"],
        external_id=form.external_id,
        code=form.cleaned_data["code"],
        by=request.user,
        request=request,
    )
    draft_done(request, NEW_DRAFT)
    if form.cleaned_data["send_link"]:
        password_link_request(customer=customer, by=request.user)
        toast(request, _("The record was created and the mail with the link is on its way."))
    else:
        toast(request, _("The record was created."))
    return redirect("customers:record", customer.public_id)


@backoffice("customers.change_customer")
@require_http_methods(["GET", "POST"])
def customer_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = CustomerForm(request.POST or None, customer=customer)
    version = request.POST.get("version", str(customer.version))
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, customer, form, version)
        except DomainError as refusal:
            if refusal.code == "version_conflict":
                return _merge_or_ask(request, customer, form)
            refuse(form, refusal)
        else:
            draft_done(request, _draft(customer))
            toast(request, _("The record was saved."))
            return redirect("customers:record", customer.public_id)
    return _edit_page(form, customer, version).response(request)


def _save(request: StaffRequest, customer: Customer, form: CustomerForm, version: str) -> None:
    record_update(
        customer=customer,
        version=whole(version),
        profile=form.profile,
        address=form.address,
        categories=form.cleaned_data["categories"],
        seen=form.base_values or None,
        by=request.user,
        request=request,
    )


def _merge_or_ask(request: StaffRequest, customer: Customer, form: CustomerForm) -> HttpResponse:
    """Changes of different fields go together; of one field, this person chooses."""
    merge: Merge = merged_with_theirs(request, customer, form)
    if merge.conflicts or not merge.form.is_valid():
        return show_conflict(request, merge)
    _save(request, merge.customer, merge.form, str(merge.customer.version))
    draft_done(request, _draft(customer))
    toast(
        request,
        _("The record was saved, together with what %(who)s changed meanwhile.")
        % {"who": merge.by or _("somebody else")},
    )
    return HttpResponseRedirect(reverse("customers:record", args=[customer.public_id]))


def _draft(customer: Customer) -> str:
    return f"customer:{customer.public_id}"


def _edit_page(form: CustomerForm, customer: Customer, version: str) -> FormPage:
    url = reverse("customers:record", args=[customer.public_id])
    return FormPage(
        form,
        title=_("Edit the record"),
        back=Link(str(customer), url),
        submit=_("Save customer"),
        sections=form.sections(),
        version=version,
        draft=_draft(customer),
        template_name=FORM,
    )
