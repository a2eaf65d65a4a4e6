"""Putting people into a target by hand, or leaving them out, from its tab and from "why"."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from config.kit.access import StaffRequest
from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.models import Customer
from targets.models import Target
from targets.picks import EXCLUDED, INCLUDED
from targets.selectors.lists import sides_of
from targets.services.picks import target_pick

CHOICES: dict[str, str | Promise] = {
    INCLUDED: gettext_lazy("Put in by hand"),
    EXCLUDED: gettext_lazy("Leave out by hand"),
    "": gettext_lazy("Let the rule decide"),
}
DONE: dict[str, str | Promise] = {
    INCLUDED: gettext_lazy("%(person)s is put in, whatever the rule says."),
    EXCLUDED: gettext_lazy("%(person)s is left out, whatever the rule says."),
    "": gettext_lazy("The rule decides about %(person)s again."),
}


@dataclass(frozen=True)
class Choice:
    """What can be done by hand about one person; the present side is not offered."""

    side: str
    label: str | Promise


@dataclass(frozen=True)
class ByHand:
    """``side`` is where the person stands by hand now; empty: the rule decides."""

    side: str
    choices: list[Choice]


def choices(target: Target, side: str) -> ByHand:
    offered = [Choice(key, label) for key, label in CHOICES.items() if key != side]
    return ByHand(side, offered)


def by_hand(target: Target, customer: Customer) -> ByHand:
    return choices(target, sides_of(target, [customer]).get(customer.pk, ""))


def picked(request: StaffRequest, target: Target, customer: Customer) -> HttpResponse:
    """Do it and go back to where it was asked."""
    side = request.POST.get("side", "")
    try:
        if side in CHOICES and target_pick(
            target=target, customer=customer, side=side, by=request.user
        ):
            toast(request, str(DONE[side]) % {"person": customer})
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("targets:panel", args=[target.public_id, "people"])
    return HttpResponseRedirect(back)
