"""The tab of a target that shows its audits: its people beside a fresh evaluation of the rule."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit.access import StaffRequest
from config.kit.pages import toast
from targets.models import Target
from targets.selectors.audits import checks_of, incidents_of, is_being_checked
from targets.services.drifts import check_start

CHECKS_SHOWN = 20
INCIDENTS_SHOWN = 10


def audits(request: HttpRequest, target: Target) -> dict[str, Any]:
    return {
        "checks": checks_of(target, limit=CHECKS_SHOWN),
        "incidents": incidents_of(target, limit=INCIDENTS_SHOWN),
        "is_being_checked": is_being_checked(target),
        "audit_url": audit_url(target),
    }


def audit_url(target: Target) -> str:
    return reverse("targets:panel", args=[target.public_id, "audit"])


def checked(request: StaffRequest, target: Target) -> HttpResponse:
    """Ask for a check and go where its answer appears."""
    if not is_being_checked(target):
        check_start(target=target, by=request.user)
    toast(request, _("Its people are being compared with the rule."))
    return HttpResponseRedirect(audit_url(target))
