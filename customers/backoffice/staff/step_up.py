"""Before something weighty one proves again who one is, and goes on with what was typed."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from config.kit.access import PROOF_FIELD, proofs
from config.kit.errors import DomainError
from customers.backoffice.staff.forms import LONGEST_ANSWER, PRESENT_PASSWORD, PasswordField
from customers.form_pages import TOO_MANY, WRONG
from customers.models import User
from customers.selectors.factors import passkeys_of
from customers.services.staff import staff_prove, staff_prove_by_passkey, staff_proved_lately

FORBIDDEN = 403
BACK_FIELD = "proof_back"
PASSKEY_FIELD = "proof_passkey"


class ProofForm(forms.Form):
    proof = PasswordField(
        label=_("Your password, or a code of your second factor"),
        attrs={**PRESENT_PASSWORD, "autofocus": "autofocus"},
    )


class PasskeyProofForm(forms.Form):
    """The same with a passkey: the password stays empty."""

    proof = PasswordField(label=_("Your password"), attrs=PRESENT_PASSWORD, required=False)
    proof_passkey = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_ANSWER)


def ask_for_proof(request: HttpRequest) -> HttpResponse | None:
    """None once a proof of the last 15 minutes is there; else the page that asks for one."""
    user = request.user
    if staff_proved_lately(request) or not isinstance(user, User):
        return None
    if PROOF_FIELD not in request.POST:
        return _ask(request, ProofForm(), FORBIDDEN)
    form: forms.Form = ProofForm(request.POST)
    if request.POST.get(PASSKEY_FIELD):
        form = PasskeyProofForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, WRONG)
    try:
        if PASSKEY_FIELD in form.cleaned_data:
            staff_prove_by_passkey(
                request=request, user=user, answer=form.cleaned_data[PASSKEY_FIELD]
            )
        else:
            staff_prove(request=request, user=user, proof=form.cleaned_data[PROOF_FIELD])
    except DomainError as refusal:
        refusal.add_to(form)
        return _ask(request, form, TOO_MANY if refusal.code == "too_many" else WRONG)
    return None


def _ask(request: HttpRequest, form: forms.Form, status: int) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {PROOF_FIELD, PASSKEY_FIELD, BACK_FIELD, "csrfmiddlewaretoken"}
        for value in values
    ]
    back = _way_back(request)
    context = {
        "form": form,
        "kept": [*kept, (BACK_FIELD, back)],
        "action": request.get_full_path(),
        "back": back,
        "has_passkey": isinstance(request.user, User) and bool(passkeys_of(request.user)),
    }
    return render(request, "staff/step_up.html", context, status=status)


def _way_back(request: HttpRequest) -> str:
    """The page on which the action was asked for; never another site's."""
    came = request.POST.get(BACK_FIELD) or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came, allowed_hosts={request.get_host()})
    return came if is_ours else reverse("kit:home")


def register_all() -> None:
    proofs.register("staff", ask_for_proof)
