"""Codes of shops, staff and campaigns: list, form, page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    toast,
)
from customers.access import registration_code_of
from customers.backoffice.codes.forms import CodeForm
from customers.backoffice.codes.index import CodeIndex, code_state
from customers.models import RegistrationCode
from customers.rules.registration_codes import code_shown
from customers.selectors.codes import came_by, code_link
from customers.services.codes import (
    code_qr,
    registration_code_save,
    registration_code_switch,
    registration_code_values,
)


@backoffice("customers.view_registrationcode")
@require_http_methods(["GET", "POST"])
def code_list(request: StaffRequest) -> HttpResponse:
    return CodeIndex(request).response()


@backoffice("customers.add_registrationcode")
@require_http_methods(["GET", "POST"])
def code_new(request: StaffRequest) -> HttpResponse:
    return _code_form(request, None)


@backoffice("customers.change_registrationcode")
@require_http_methods(["GET", "POST"])
def code_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _code_form(request, registration_code_of(pk))


def _code_form(request: StaffRequest, code: RegistrationCode | None) -> HttpResponse:
    def save(form: CodeForm, seen: Shown | None) -> RegistrationCode:
        return registration_code_save(
            **form.cleaned_data, code=code, seen=seen, by=request.user, request=request
        )

    return RowForm(
        row=code,
        shown=(lambda: registration_code_values(registration_code_of(code.pk))) if code else None,
        make=lambda data, initial: CodeForm(data, initial=initial),
        page=lambda form: _page(form, code),
        save=save,
        done=_("The code was saved."),
        leads_to=lambda saved: reverse("customers:code", args=[saved.pk]),
    ).response(request)


def _page(form: CodeForm, code: RegistrationCode | None) -> FormPage:
    return FormPage(
        form,
        title=_("Edit the code") if code else _("New code"),
        back=_back(code),
        submit=_("Save code"),
        sections=[
            Section(
                _("Code"),
                _("The code itself is made by the system, so that nobody guesses it."),
                [Wide("name", 2), "origin", "most_uses", "last_day", "category"],
            )
        ],
    )


def _back(code: RegistrationCode | None) -> Link:
    if code is None:
        return Link(_("Registration codes"), reverse("customers:codes"))
    return Link(code.name, reverse("customers:code", args=[code.pk]))


@backoffice("customers.view_registrationcode")
@require_GET
def code_page(request: StaffRequest, pk: int) -> HttpResponse:
    """What to print and send, and who came by it."""
    code = registration_code_of(pk)
    people = came_by([code]).get(code.pk, 0)
    vars(code)["people"] = people
    context: dict[str, Any] = {
        "code": code,
        "shown": code_shown(code.code),
        "link": code_link(code),
        "state": code_state(code),
        "people": people,
        "people_url": f"{reverse('customers:list')}?{urlencode({'f': '1', 'code': code.code})}",
        "back": Link(_("Registration codes"), reverse("customers:codes")),
    }
    return render(request, "customers/codes/code.html", context)


@backoffice("customers.view_registrationcode")
@require_GET
def code_picture(request: StaffRequest, pk: int) -> HttpResponse:
    """The link as a QR code."""
    return HttpResponse(code_qr(registration_code_of(pk)), content_type="image/svg+xml")


@backoffice("customers.change_registrationcode")
@require_http_methods(["GET", "POST"])
def code_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Revoke a code, or open it again."""
    code = registration_code_of(pk)
    opens = code.revoked_at is not None
    if confirmed(request):
        registration_code_switch(code=code, is_open=opens, by=request.user, request=request)
        toast(request, _("The code is open again.") if opens else _("The code was revoked."))
        return redirect("customers:code", code.pk)
    values = {"name": code.name, "code": code_shown(code.code)}
    title = _("Open the code %(code)s again") if opens else _("Revoke the code %(code)s")
    return confirm_response(
        request,
        title=title % values,
        text=_("People can come by it again.")
        if opens
        else _("From now on nobody comes by it. Who came by it before stays counted."),
        submit=_("Open the code") if opens else _("Revoke the code"),
        back=reverse("customers:code", args=[code.pk]),
        danger=not opens,
    )
