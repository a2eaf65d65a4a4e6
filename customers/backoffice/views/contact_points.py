"""Tags of a record, and what stands beside it: aliases, phones, addresses, codes elsewhere."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, confirm_response, confirmed, toast
from customers.access import alias_of, contact_point_of, customer_of, tag_of
from customers.backoffice.forms import (
    AddressForm,
    AliasForm,
    ExternalIdForm,
    PhoneForm,
    TagNameForm,
    refuse,
)
from customers.models import Address, Customer
from customers.services.contact_points import (
    address_save,
    contact_point_remove,
    email_alias_add,
    email_alias_remove,
    external_id_add,
    phone_add,
)
from customers.services.tags import tag_add, tag_remove

CHANGE = "customers.change_customer"


def _details_url(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "details"])


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def tag_put(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = TagNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        names = form.cleaned_data["name"].split(",")
        tag_add(
            customer=customer,
            names=[name for name in names if name.strip()],
            by=request.user,
            request=request,
        )
        return redirect(_back_to(request, customer))
    return _page(request, form, customer, _("Add a tag"), _("Add tag"))


@backoffice(CHANGE)
@require_POST
def tag_take(request: StaffRequest, public_id: UUID, pk: int) -> HttpResponse:
    customer = customer_of(public_id)
    tag_remove(customer=customer, tag=tag_of(pk), by=request.user, request=request)
    return redirect(_back_to(request, customer))


def _back_to(request: StaffRequest, customer: Customer) -> str:
    return reverse("customers:record", args=[customer.public_id])


def _page(
    request: StaffRequest, form: forms.Form, customer: Customer, title: str, submit: str
) -> HttpResponse:
    back = Link(str(customer), _details_url(customer))
    return FormPage(form, title=title, back=back, submit=submit).response(request)


def _add(
    request: StaffRequest,
    customer: Customer,
    form: forms.Form,
    title: str,
    save: Callable[[dict[str, str]], object],
) -> HttpResponse:
    """One shape for all: save what the form holds, or show it again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            toast(request, _("The record was saved."))
            return redirect(_details_url(customer))
    return _page(request, form, customer, title, _("Save"))


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def alias_create(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    return _add(
        request,
        customer,
        AliasForm(request.POST or None),
        _("Add an e-mail"),
        lambda data: email_alias_add(
            customer=customer, address=data["address"], by=request.user, request=request
        ),
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def phone_create(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    return _add(
        request,
        customer,
        PhoneForm(request.POST or None),
        _("Add a phone"),
        lambda data: phone_add(
            customer=customer,
            number=data["number"],
            label=data["label"],
            by=request.user,
            request=request,
        ),
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def external_id_create(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    return _add(
        request,
        customer,
        ExternalIdForm(request.POST or None),
        _("Add a code of another system"),
        lambda data: external_id_add(
            customer=customer,
            system=data["system"],
            value=data["value"],
            by=request.user,
            request=request,
        ),
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def address_edit(request: StaffRequest, public_id: UUID, pk: int | None = None) -> HttpResponse:
    customer = customer_of(public_id)
    found = contact_point_of(customer, "address", pk) if pk is not None else None
    address = found if isinstance(found, Address) else None
    initial = (
        {name: getattr(address, name) for name in AddressForm.base_fields} if address else None
    )
    return _add(
        request,
        customer,
        AddressForm(request.POST or None, initial=initial),
        _("Edit the address") if address else _("Add an address"),
        lambda data: address_save(
            customer=customer,
            values=data,
            address=address,
            is_main=bool(data["is_main"]),
            by=request.user,
            request=request,
        ),
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def contact_point_delete(
    request: StaffRequest, public_id: UUID, kind: str, pk: int
) -> HttpResponse:
    """Remove an ``alias``, a ``phone``, an ``external`` id or an ``address``, after asking."""
    customer = customer_of(public_id)
    alias = alias_of(customer, pk) if kind == "alias" else None
    row = contact_point_of(customer, kind, pk) if alias is None else None
    if confirmed(request):
        try:
            if alias is not None:
                email_alias_remove(alias=alias, by=request.user, request=request)
            elif row is not None:
                contact_point_remove(row=row, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect(_details_url(customer))
    return confirm_response(
        request,
        title=_("Remove it from the record"),
        text=_("It no longer leads to %(name)s. The audit keeps that it was there.")
        % {"name": customer},
        submit=_("Remove"),
        back=_details_url(customer),
    )
