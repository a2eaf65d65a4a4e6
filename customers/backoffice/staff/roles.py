"""Roles: what each may do, side by side, and the screens that change it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import FormPage, Link, confirm_response, confirmed, toast
from customers.access import role_by_key
from customers.backoffice.staff.role_matrix import compared, matrix_of, ticked
from customers.models import StaffRole
from customers.selectors.roles import ListedRole, role_choices, role_listed, roles_listed
from customers.services.staff_roles import (
    NAME_LIMIT,
    role_create,
    role_delete,
    role_rename,
    role_reset,
    role_rights_set,
)

CHANGE = "customers.change_staffrole"


class NameForm(forms.Form):
    name = forms.CharField(
        label=lazy("Name"),
        max_length=NAME_LIMIT,
        help_text=lazy("What colleagues with this role do: “Warehouse”, “Agency”."),
    )


class NewRoleForm(NameForm):
    copy_of = forms.ChoiceField(
        label=lazy("Starts with the rights of"),
        required=False,
        help_text=lazy("You tick and untick them one by one afterwards."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("No rights")), *role_choices()]
        self.fields["copy_of"] = forms.ChoiceField(
            label=self.fields["copy_of"].label,
            help_text=self.fields["copy_of"].help_text,
            required=False,
            choices=choices,
        )


@backoffice("customers.view_staffrole")
@require_safe
def roles(request: StaffRequest) -> HttpResponse:
    found = roles_listed()
    return render(request, "staff/roles.html", {"roles": found, "groups": compared(found)})


@backoffice("customers.add_staffrole")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: StaffRequest) -> HttpResponse:
    form = NewRoleForm(request.POST or None, initial={"copy_of": request.GET.get("copy_of", "")})
    if form.is_valid():
        try:
            role = role_create(
                name=form.cleaned_data["name"],
                copy_of=_found(form.cleaned_data["copy_of"]),
                by=request.user,
                request=request,
            )
        except DomainError as refusal:
            refusal.field = "copy_of" if refusal.code == "role_too_high" else refusal.field
            refusal.add_to(form)
        else:
            toast(request, _("The role is made. Now say what it may do."))
            return redirect("staff:role", role.key)
    back = Link(_("Roles"), reverse("staff:roles"))
    page = FormPage(form, title=_("New role"), back=back, submit=_("Make the role"))
    return page.response(request)


def _found(key: str) -> StaffRole | None:
    return role_by_key(key) if key else None


@backoffice("customers.view_staffrole")
@require_safe
def role(request: StaffRequest, key: str) -> HttpResponse:
    listed = role_listed(role_by_key(key))
    can_edit = request.user.has_perm(CHANGE) and not listed.is_owner
    return _role_page(request, listed, ticked=listed.boxes, can_edit=can_edit)


@backoffice(CHANGE)
@step_up
@require_http_methods(["POST"])
def role_save(request: StaffRequest, key: str) -> HttpResponse:
    listed = role_listed(role_by_key(key))
    boxes = ticked(request.POST)
    try:
        changed = role_rights_set(
            role=listed.row,
            boxes=boxes,
            version=whole(request.POST.get("version", "")),
            by=request.user,
            request=request,
        )
    except DomainError as refusal:
        return _role_page(
            request, listed, ticked=boxes, can_edit=not listed.is_owner, refusal=refusal
        )
    toast(request, _("The role is saved. It holds at once.") if changed else _("Nothing changed."))
    return redirect("staff:role", key)


def _role_page(
    request: StaffRequest,
    listed: ListedRole,
    *,
    ticked: frozenset[str],
    can_edit: bool,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context = {
        "role": listed,
        "groups": matrix_of(ticked, present=listed.boxes),
        "can_edit": can_edit,
        "refusal": refusal,
    }
    status = 200
    if refusal is not None:
        status = 409 if refusal.code == "conflict" else 422
    return render(request, "staff/role.html", context, status=status)


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def role_name(request: StaffRequest, key: str) -> HttpResponse:
    found = role_by_key(key)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            role_rename(
                role=found, name=form.cleaned_data["name"], by=request.user, request=request
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The role has its new name."))
            return redirect("staff:role", key)
    back = Link(role_listed(found).label, reverse("staff:role", args=[key]))
    page = FormPage(form, title=_("Rename the role"), back=back, submit=_("Save name"))
    return page.response(request)


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def role_default(request: StaffRequest, key: str) -> HttpResponse:
    found = role_by_key(key)
    if confirmed(request):
        try:
            role_reset(role=found, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        else:
            toast(request, _("The role is as it was delivered."))
        return redirect("staff:role", key)
    return confirm_response(
        request,
        title=_("Reset the role “%(name)s”") % {"name": role_listed(found).label},
        text=_("It gets the rights it was delivered with. What you changed is in the trail."),
        submit=_("Reset the role"),
        back=reverse("staff:role", args=[key]),
    )


@backoffice("customers.delete_staffrole")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def role_remove(request: StaffRequest, key: str) -> HttpResponse:
    found = role_by_key(key)
    if confirmed(request):
        try:
            role_delete(role=found, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
            return redirect("staff:role", key)
        toast(request, _("The role is deleted."))
        return redirect("staff:roles")
    return confirm_response(
        request,
        title=_("Delete the role “%(name)s”") % {"name": role_listed(found).label},
        text=_("Only a role that nobody has can be deleted."),
        submit=_("Delete role"),
        back=reverse("staff:role", args=[key]),
    )
