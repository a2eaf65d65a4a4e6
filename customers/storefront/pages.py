"""The account: summary, own data, choices, safety."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.errors import DomainError
from config.kit.net import client_ip
from config.kit.pages import toast
from customers.backoffice.staff.forms import ChangePasswordForm
from customers.form_pages import form_page
from customers.selectors.accounts import open_sessions
from customers.selectors.consents import Choice, consent_choices, statements_of, wording
from customers.selectors.locks import record_rules
from customers.selectors.policies import policy_current, policy_labelled
from customers.services.accounts import password_change
from customers.services.consent import Proof, consent_choose
from customers.services.profile import customer_update
from customers.services.sessions import session_end, session_end_all, user_agent
from customers.sessions import STOREFRONT
from customers.storefront.access import AccountRequest, account
from customers.storefront.forms import MyDataForm


@account
@require_safe
def home(request: AccountRequest) -> HttpResponse:
    return render(request, "account/home.html", with_nav("home", **_choices(request)))


@account
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: AccountRequest) -> HttpResponse:
    form = MyDataForm(request.POST or None, customer=request.customer)
    if form.is_valid():
        try:
            customer_update(
                customer=request.customer,
                version=form.cleaned_data["version"],
                profile=form.profile,
                by=request.user,
                request=request,
            )
            toast(request, _("Your data is saved."))
            return redirect("account:data")
        except DomainError as refusal:
            form.refuse(refusal)
    status = 422 if form.is_bound else 200
    return render(request, "account/data.html", with_nav("data", form=form), status=status)


@account
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: AccountRequest) -> HttpResponse:
    if request.method == "POST":
        _choose(request)
        toast(request, _("Your choice is saved."))
        return redirect("account:consents")
    context = with_nav("consents", **_choices(request), statements=statements_of(request.customer))
    return render(request, "account/consents.html", context)


@account
@require_safe
def security(request: AccountRequest) -> HttpResponse:
    sessions = open_sessions(
        request.user, scope=STOREFRONT, current_key=request.session.session_key
    )
    return render(request, "account/security.html", with_nav("security", sessions=sessions))


@account
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: AccountRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        password_change(request=request, user=request.user, **values)
        toast(request, _("The password is changed. Your other sessions have ended."))
        return redirect("account:security")

    form = ChangePasswordForm(request.POST or None)
    context = with_nav("security", must_change=request.user.must_change_password)
    return form_page(request, form, "account/password.html", act, **context)


@account
@require_POST
def session_close(request: AccountRequest) -> HttpResponse:
    """End one session by its handle, or without one all the others."""
    handle = request.POST.get("session", "")
    if handle:
        session_end(user=request.user, session_id=handle, scope=STOREFRONT)
    else:
        key = request.session.session_key
        session_end_all(user=request.user, scope=STOREFRONT, except_key=key)
    toast(request, _("The session has ended."))
    return redirect("account:security")


def _choices(request: AccountRequest) -> dict[str, Any]:
    language = get_language() or settings.SITE_LANGUAGE
    return {
        "choices": consent_choices(request.customer, language),
        "shown": language,
        "policy": policy_current(language),
    }


def _choose(request: AccountRequest) -> None:
    """Each box with the sentence that stood beside it, in the language in which it stood."""
    shown = request.POST.get("shown", "")
    language = shown if shown in dict(settings.LANGUAGES) else settings.SITE_LANGUAGE
    choices = consent_choices(request.customer, language)
    offered = set(request.POST.getlist("offered"))
    consent_choose(
        customer=request.customer,
        choices={
            (one.channel, one.purpose): (one.name in request.POST, _proof(request, one, language))
            for one in choices
            if one.name in offered
        },
        actor=request.user,
    )


def _proof(request: AccountRequest, choice: Choice, language: str) -> Proof:
    policy = policy_labelled(request.POST.get("policy", "")) or policy_current(language)
    return Proof(
        wording=wording(choice.channel, language),
        policy_version=policy.label if policy else "",
        ip=client_ip(request),
        user_agent=user_agent(request),
    )


def with_nav(active: str, **context: Any) -> dict[str, Any]:
    places = [
        ("home", _("Summary")),
        ("data", _("My data")),
        ("consents", _("Mails and privacy")),
        ("security", _("Security")),
    ]
    if record_rules().offers_sharing:
        places.insert(3, ("invite", _("Invite somebody")))
    nav = [
        {"label": label, "url": reverse(f"account:{key}"), "is_active": key == active}
        for key, label in places
    ]
    return {"account_nav": nav, **context}
