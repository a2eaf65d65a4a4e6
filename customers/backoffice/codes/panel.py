"""The record's section on codes, and what staff do there."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, StaffUser, backoffice
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, toast
from customers.access import customer_of
from customers.models import Customer
from customers.registry import SidePanel, UsageSource, side_panels, usages
from customers.rules.registration_codes import code_shown
from customers.selectors.codes import category_codes, code_label, code_link, codes_of
from customers.services.code_uses import code_use_record, code_use_take_back
from customers.services.codes import sharing_code_make, sharing_code_revoke

CHANGE = "customers.change_customer"


class CameByForm(forms.Form):
    code = forms.CharField(
        label=lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=lazy("Of a shop, a campaign or another customer. It is written down once."),
    )


def _side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    found = codes_of(customer)
    used = found.use.code if found.use else None
    brought_by = used.customer if used else None
    query = (
        urlencode({"f": "1", "code": (found.own or found.earlier[0]).code}) if _has(found) else ""
    )
    return {
        "use": found.use,
        "used": code_shown(used.code) if used else "",
        "used_label": code_label(used) if used else "",
        "used_url": _used_url(used, user) if used else "",
        "is_brought": brought_by is not None,
        "own": code_shown(found.own.code) if found.own else "",
        "own_link": code_link(found.own) if found.own else "",
        "has_other": any(one.revoked_at is None for one in found.earlier),
        "brought": found.brought,
        "brought_url": f"{reverse('customers:list')}?{query}" if query else "",
        "can": user.has_perm(CHANGE) and not customer.trashed_at and not customer.blocked_at,
    }


def _has(found: Any) -> bool:
    return bool(found.own or found.earlier)


def _used_url(code: Any, user: StaffUser) -> str:
    if code.customer is not None:
        return reverse("customers:record", args=[code.customer.public_id])
    may_see = user.has_perm("customers.view_registrationcode")
    return reverse("customers:code", args=[code.pk]) if may_see else ""


def _record(customer: Customer) -> str:
    return reverse("customers:record", args=[customer.public_id])


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def customer_came_by(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Write down by which code a person came."""
    customer = customer_of(public_id)
    form = CameByForm(request.POST if confirmed(request) else None)
    if confirmed(request) and form.is_valid():
        try:
            code_use_record(
                customer=customer,
                text=form.cleaned_data["code"],
                source="staff",
                by=request.user,
                request=request,
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("It is written down by which code this person came."))
            return redirect(_record(customer))
    return confirm_response(
        request,
        title=_("By which code did %(name)s come?") % {"name": customer},
        text=_("Whoever gave the code is counted for it."),
        submit=_("Write down the code"),
        back=_record(customer),
        danger=False,
        form=form,
        status=422 if form.is_bound else 200,
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def customer_code_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Take back a code that was written down wrongly."""
    customer = customer_of(public_id)
    if confirmed(request):
        if code_use_take_back(customer=customer, by=request.user, request=request):
            toast(request, _("The code was taken back."))
        return redirect(_record(customer))
    return confirm_response(
        request,
        title=_("Take back the code by which %(name)s came") % {"name": customer},
        text=_("It is counted for nobody any more, and another code can be written down."),
        submit=_("Take back the code"),
        back=_record(customer),
    )


@backoffice(CHANGE)
@require_POST
def customer_code_make(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    try:
        sharing_code_make(customer=customer, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("The sharing code is ready."))
    return redirect(_record(customer))


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def customer_code_revoke(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    if confirmed(request):
        if sharing_code_revoke(customer=customer, by=request.user, request=request):
            toast(request, _("The sharing codes of this person were revoked."))
        return redirect(_record(customer))
    return confirm_response(
        request,
        title=_("Revoke the sharing codes of %(name)s") % {"name": customer},
        text=_(
            "Nobody comes by them any more, also by earlier ones. Who came before stays counted; "
            "a new code can be made at any time."
        ),
        submit=_("Revoke the codes"),
        back=_record(customer),
    )


def _of_category(kind: str, thing: Any) -> list[str]:
    return category_codes(thing.pk) if kind == "category" else []


def register_all() -> None:
    side_panels.register(
        "codes",
        SidePanel(
            label=lazy("Codes"), template="customers/side/codes.html", context=_side, order=35
        ),
    )
    usages.register("registration_codes", UsageSource(find=_of_category))
