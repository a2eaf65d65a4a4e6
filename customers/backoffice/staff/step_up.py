"""Before something weighty one proves again who one is, and goes on with what was typed."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from config.kit.access import StaffRequest
from config.kit.errors import DomainError
from customers.backoffice.staff.forms import PRESENT_PASSWORD, PasswordField
from customers.form_pages import TOO_MANY, WRONG
from customers.services.staff import staff_prove, staff_proved_lately

FIELD = "proof"
FORBIDDEN = 403
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ProofForm(forms.Form):
    proof = PasswordField(
        label=_("Your password, or a code of your second factor"), attrs=PRESENT_PASSWORD
    )


def step_up(view: View) -> View:
    """A POST needs a proof of the last 15 minutes; put it under ``@backoffice``.

    The page that asks for it holds the sent values, so that the action goes on with them.
    """

    @wraps(view)
    @sensitive_post_parameters(FIELD)
    def asking(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method != "POST" or staff_proved_lately(request):
            return view(request, *args, **kwargs)
        if FIELD not in request.POST:
            return _ask(request, ProofForm(), FORBIDDEN)
        form = ProofForm(request.POST)
        if not form.is_valid():
            return _ask(request, form, WRONG)
        try:
            staff_prove(request=request, user=request.user, proof=form.cleaned_data[FIELD])
        except DomainError as refusal:
            refusal.add_to(form)
            return _ask(request, form, TOO_MANY if refusal.code == "too_many" else WRONG)
        return view(request, *args, **kwargs)

    return cast("View", asking)


def _ask(request: StaffRequest, form: ProofForm, status: int) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {FIELD, "csrfmiddlewaretoken"}
        for value in values
    ]
    context = {"form": form, "kept": kept, "action": request.get_full_path()}
    return render(request, "staff/step_up.html", context, status=status)
