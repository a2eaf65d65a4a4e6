"""Colleagues: the list, the page of each, and what an owner does there."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, confirm_response, confirmed, toast
from customers.access import staff_of
from customers.backoffice.staff.people_index import StaffIndex
from customers.backoffice.staff.people_record import person_page
from customers.models import User
from customers.selectors.roles import role_choices
from customers.services.staff import staff_deactivate, staff_role_set
from customers.services.staff_care import (
    staff_factor_reset,
    staff_invite,
    staff_invite_again,
    staff_reactivate,
    staff_sessions_end,
)
from customers.services.staff_guards import role_of

CHANGE = "customers.change_user"


class InviteForm(forms.Form):
    email = forms.EmailField(label=lazy("E-mail"), max_length=254)
    name = forms.CharField(
        label=lazy("Name"),
        max_length=150,
        required=False,
        help_text=lazy("The person can change it when accepting."),
    )
    role = forms.ChoiceField(label=lazy("Role"), choices=role_choices, initial="support")


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=lazy("Role"),
        choices=role_choices,
        help_text=lazy("All of this person's sessions end, so that no old right lives on."),
    )


@backoffice("customers.view_user")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest) -> HttpResponse:
    return StaffIndex(request).response()


@backoffice("customers.view_user")
@require_safe
def person(request: StaffRequest, pk: int, panel: str = "access") -> HttpResponse:
    return person_page(request, staff_of(pk), panel)


@backoffice("customers.add_user")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            user = staff_invite(**form.cleaned_data, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The invitation is on its way. Its link works once, for 24 hours."))
            return redirect("staff:person", user.pk)
    back = Link(_("Staff"), reverse("staff:people"))
    page = FormPage(form, title=_("Invite someone"), back=back, submit=_("Send the invitation"))
    return page.response(request)


@backoffice(CHANGE)
@require_POST
def invite_again(request: StaffRequest, pk: int) -> HttpResponse:
    return _do(request, staff_of(pk), staff_invite_again, _("A new link is on its way."))


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: StaffRequest, pk: int) -> HttpResponse:
    user = staff_of(pk)
    form = RoleForm(request.POST or None, initial={"role": role_of(user)})
    if form.is_valid():
        try:
            staff_role_set(
                user=user, role=form.cleaned_data["role"], by=request.user, request=request
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The role is changed."))
            return redirect("staff:person", user.pk)
    back = Link(str(user), reverse("staff:person", args=[user.pk]))
    page = FormPage(form, title=_("Change the role"), back=back, submit=_("Save role"))
    return page.response(request)


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    user = staff_of(pk)
    if confirmed(request):
        return _do(request, user, staff_deactivate, _("The person is locked out."))
    return confirm_response(
        request,
        title=_("Deactivate %(name)s") % {"name": user},
        text=_(
            "All sessions end at once and there is no log-in, on the storefront neither. "
            "What this person did stays in the audit trail."
        ),
        submit=_("Deactivate"),
        back=reverse("staff:person", args=[user.pk]),
    )


@backoffice(CHANGE)
@step_up
@require_POST
def reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    return _do(request, staff_of(pk), staff_reactivate, _("The person may log in again."))


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def factor_reset(request: StaffRequest, pk: int) -> HttpResponse:
    user = staff_of(pk)
    if confirmed(request):
        return _do(request, user, staff_factor_reset, _("The second factor is removed."))
    return confirm_response(
        request,
        title=_("Reset the second factor of %(name)s") % {"name": user},
        text=_(
            "Make sure by voice that it is this person who asks. The phone and the recovery codes "
            "stop working, all sessions end, and the password alone leads to setting up a new one."
        ),
        submit=_("Reset the second factor"),
        back=reverse("staff:person", args=[user.pk]),
    )


@backoffice(CHANGE)
@step_up
@require_POST
def sessions_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End one session of a colleague by its handle, or without one all of them."""
    user = staff_of(pk)
    handle = request.POST.get("session", "")
    try:
        staff_sessions_end(user=user, by=request.user, handle=handle, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("Ended.") if handle else _("All sessions of this person have ended."))
    return redirect("staff:person_panel", user.pk, "sessions")


def _do(request: StaffRequest, user: User, service: Callable[..., None], done: str) -> HttpResponse:
    try:
        service(user=user, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, done)
    return redirect("staff:person", user.pk)
