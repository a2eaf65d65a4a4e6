"""Targets: the list, the builder, a target and its tabs."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, toast
from targets.access import customer_or_404, target_or_404
from targets.backoffice.auditing import checked
from targets.backoffice.company import company_context
from targets.backoffice.editing import SAVES, Editing, shared_rule
from targets.backoffice.explaining import explained_page
from targets.backoffice.index import TargetIndex, target_url
from targets.backoffice.list_filter import list_filter_page
from targets.backoffice.overlapping import overlap_page
from targets.backoffice.picking import picked
from targets.backoffice.record import target_page
from targets.instants import moment_from
from targets.models import Target
from targets.registry import panels, uses_of, uses_seen
from targets.schema import rule_schema
from targets.services.refresh import refresh_start
from targets.services.targets import target_check_unused, target_delete, target_duplicate


@backoffice("targets.view_target")
@require_http_methods(["GET", "POST"])
def target_list(request: StaffRequest) -> HttpResponse:
    return TargetIndex(request).response()


@backoffice("targets.add_target")
@require_http_methods(["GET", "POST"])
def target_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@backoffice("targets.view_target")
@require_http_methods(["GET", "POST"])
def list_filter(request: StaffRequest) -> HttpResponse:
    """A rule as a filter of the customers list."""
    if not request.user.has_perm("customers.view_customer"):
        raise PermissionDenied
    return list_filter_page(request)


@backoffice("targets.change_target")
@require_http_methods(["GET", "POST"])
def target_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, target_or_404(public_id))


def _edit(request: StaffRequest, target: Target | None) -> HttpResponse:
    editing = Editing(request, target)
    if request.method == "GET":
        return editing.show(shared_rule(request) or editing.fresh())
    verb = request.POST.get("do", "count")
    if verb in SAVES:
        return editing.save(as_new=verb == "save_as_new")
    return editing.redraw()


@backoffice("targets.view_target")
@require_POST
def company(request: StaffRequest) -> HttpResponse:
    """The side column of the builder: whom the rule reaches, and some of its people."""
    return render(request, "targets/company.html", company_context(request))


@backoffice("targets.view_target")
@require_GET
def target_record(request: StaffRequest, public_id: UUID, panel: str = "overview") -> HttpResponse:
    target = target_or_404(public_id)
    return target_page(target, request.user).response(
        request,
        panels=panels,
        record=target,
        active=panel,
        panel_url=lambda key: reverse("targets:panel", args=[target.public_id, key]),
        context={"uses": uses_seen(uses_of(target), request.user)},
    )


@backoffice("targets.view_target")
@require_GET
def why(request: StaffRequest, public_id: UUID, customer_id: UUID) -> HttpResponse:
    """Why a customer is in a target or not; ``at`` asks for another instant."""
    if not request.user.has_perm("customers.view_customer"):
        raise PermissionDenied
    target, customer = target_or_404(public_id), customer_or_404(customer_id)
    return explained_page(request, target, customer, moment_from(request.GET.get("at", "")))


@backoffice("targets.change_target")
@require_POST
def pick(request: StaffRequest, public_id: UUID, customer_id: UUID) -> HttpResponse:
    """Put somebody in by hand, leave them out, or let the rule decide."""
    target, customer = target_or_404(public_id), customer_or_404(customer_id)
    return picked(request, target, customer)


@backoffice("targets.add_target")
@require_POST
def duplicate(request: StaffRequest, public_id: UUID) -> HttpResponse:
    target = target_or_404(public_id)
    try:
        copy = target_duplicate(target=target, by=request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return HttpResponseRedirect(target_url(target))
    return HttpResponseRedirect(reverse("targets:edit", args=[copy.public_id]))


@backoffice("targets.delete_target")
@require_http_methods(["GET", "POST"])
def delete(request: StaffRequest, public_id: UUID) -> HttpResponse:
    target = target_or_404(public_id)
    if not confirmed(request):
        text = _("The rule and its history are lost. The people in it stay as they are.")
        submit = _("Delete target")
        try:
            target_check_unused(target=target, by=request.user)
        except DomainError as refusal:
            text, submit = refusal.message, ""
        return confirm_response(
            request,
            title=_("Delete %(name)s?") % {"name": target.name},
            text=text,
            submit=submit,
            back=target_url(target),
        )
    try:
        target_delete(target=target, by=request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return HttpResponseRedirect(target_url(target))
    toast(request, _("%(name)s is deleted.") % {"name": target.name})
    return HttpResponseRedirect(reverse("targets:index"))


@backoffice("targets.change_target")
@require_POST
def refresh(request: StaffRequest, public_id: UUID) -> HttpResponse:
    target = target_or_404(public_id)
    refresh_start(target=target, by=request.user)
    toast(request, _("Its people are being found."))
    return HttpResponseRedirect(target_url(target))


@backoffice("targets.change_target")
@require_POST
def check(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Compare its people with the rule now."""
    return checked(request, target_or_404(public_id))


@backoffice("targets.view_target")
@require_GET
def compare(request: StaffRequest) -> HttpResponse:
    """How two targets overlap."""
    return overlap_page(request)


@backoffice("targets.view_target")
@require_GET
def schema(request: StaffRequest) -> HttpResponse:
    """The JSON Schema of rules, for programs and experts."""
    return JsonResponse(rule_schema(), json_dumps_params={"indent": 2, "ensure_ascii": False})
