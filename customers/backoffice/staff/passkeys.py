"""Passkeys: at the log-in, as a second factor, as a proof, and on one's own page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice, public, step_up
from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.backoffice.staff.factor import show_codes
from customers.backoffice.staff.forms import AnswerForm, CodeForm, LoginForm, PasskeyForm
from customers.backoffice.staff.login import HOME, enter
from customers.devices import device_label
from customers.form_pages import TOO_MANY, WRONG, form_page
from customers.models import User
from customers.next_page import next_page
from customers.services.passkeys import (
    LOGIN,
    PROOF,
    passkey_add,
    passkey_challenge,
    passkey_check,
    passkey_offer,
    passkey_remove,
    passkeys_work_at,
)
from customers.services.sessions import user_agent
from customers.services.staff import staff_waiting


@public
@require_POST
def login_ask(request: HttpRequest) -> HttpResponse:
    return _question(request, LOGIN, None)


@public
@require_POST
def login(request: HttpRequest) -> HttpResponse:
    """A passkey alone opens the back office: it has proved the device and who holds it."""
    target = next_page(request, within=HOME, default=HOME)
    try:
        user = passkey_check(request=request, purpose=LOGIN, answer=_answer(request))
    except DomainError as refusal:
        form = LoginForm()
        return _refused(request, form, refusal, "staff/login.html", next=target)
    return enter(request, user, target)


@public
@require_POST
def code_ask(request: HttpRequest) -> HttpResponse:
    waiting = staff_waiting(request)
    return _question(request, LOGIN, waiting.user) if waiting else _too_late()


@public
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """After the password, instead of a code."""
    waiting = staff_waiting(request)
    if waiting is None:
        return redirect("staff:login")
    try:
        user = passkey_check(
            request=request, purpose=LOGIN, answer=_answer(request), user=waiting.user
        )
    except DomainError as refusal:
        return _refused(request, CodeForm(), refusal, "staff/code.html", has_passkey=True)
    return enter(request, user, waiting.next)


@backoffice("")
@require_POST
def proof_ask(request: StaffRequest) -> HttpResponse:
    return _question(request, PROOF, request.user)


@backoffice("")
@require_POST
def offer(request: StaffRequest) -> HttpResponse:
    return JsonResponse(passkey_offer(request=request, user=request.user))


@backoffice("")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        codes = passkey_add(request=request, user=request.user, **values)
        if codes:
            return show_codes(request, codes, reverse("staff:security"))
        toast(request, _("The passkey is added."))
        return redirect("staff:security")

    form = PasskeyForm(request.POST or None, initial={"name": device_label(user_agent(request))})
    return form_page(
        request, form, "staff/passkey_new.html", act, works_here=passkeys_work_at(request)
    )


@backoffice("")
@step_up
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        passkey_remove(request=request, user=request.user, pk=pk)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("The passkey is removed. Delete it on the device too."))
    return redirect("staff:security")


def _question(request: HttpRequest, purpose: str, user: User | None) -> HttpResponse:
    try:
        return JsonResponse(passkey_challenge(request=request, purpose=purpose, user=user))
    except DomainError as refusal:
        return JsonResponse({"message": refusal.message}, status=TOO_MANY)


def _too_late() -> HttpResponse:
    message = _("This took too long. Type your e-mail and password again.")
    return JsonResponse({"message": message}, status=WRONG)


def _answer(request: HttpRequest) -> str:
    form = AnswerForm(request.POST)
    return form.cleaned_data["answer"] if form.is_valid() else ""


def _refused(
    request: HttpRequest, form: Any, refusal: DomainError, template: str, **context: Any
) -> HttpResponse:
    status = TOO_MANY if refusal.code == "too_many" else WRONG
    context = {"form": form, "passkey_refusal": refusal.message, **context}
    return render(request, template, context, status=status)
