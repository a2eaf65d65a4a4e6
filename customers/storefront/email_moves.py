"""Changing one's own e-mail, and the pages behind the links of its mails."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.form_pages import form_page, secret_address
from customers.models import EmailMove
from customers.selectors.email_moves import NEW, OLD, MoveLink, move_open
from customers.services.accounts import password_confirm
from customers.services.email_moves import email_move_answer, email_move_ask, email_move_cancel
from customers.storefront.access import AccountRequest, account
from customers.storefront.pages import with_nav


class MyEmailForm(forms.Form):
    address = forms.CharField(
        label=lazy("New e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=lazy("Your password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]


@account
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def my_email(request: AccountRequest) -> HttpResponse:
    """Ask for another address; the two mails do the rest."""

    def act(values: dict[str, Any]) -> HttpResponse:
        if "password" in values:
            password_confirm(request=request, user=request.user, password=values["password"])
        email_move_ask(
            customer=request.customer, address=values["address"], by=request.user, request=request
        )
        return redirect("account:email")

    form = MyEmailForm(request.POST or None, has_password=request.user.has_usable_password())
    context = with_nav("data", move=move_open(request.customer))
    return form_page(request, form, "account/email.html", act, **context)


@account
@require_POST
def my_email_cancel(request: AccountRequest) -> HttpResponse:
    move = move_open(request.customer)
    if move is not None:
        email_move_cancel(move=move, by=request.user, request=request)
        toast(request, _("The change of e-mail is called off."))
    return redirect("account:email")


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def email_answer(request: HttpRequest, move_id: UUID, side: str, token: str) -> HttpResponse:
    """Looking at it changes nothing; the buttons do."""
    link = MoveLink(public_id=move_id, side=side, token=token)
    try:
        move = link.move()
        if request.method == "POST":
            agrees = request.POST.get("answer") == "yes"
            move = email_move_answer(link=link, agrees=agrees, request=request)
    except DomainError as refusal:
        return secret_address(_refused(request, refusal))
    return secret_address(render(request, "account/email_answer.html", _context(move, side)))


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Whose the address is meanwhile, is nobody's business here."""
    text = refusal.message
    if "holder" in refusal.data:
        text = _("This address cannot be used. Write to us.")
    return render(request, "account/email_dead.html", {"text": text}, status=410)


def _context(move: EmailMove, side: str) -> dict[str, Any]:
    is_open = move.state == EmailMove.State.OPEN
    return {
        "move": move,
        "asks_new": is_open and side == NEW and move.new_proved_at is None,
        "asks_old": is_open and side == OLD and move.old_proved_at is None,
        "may_agree": move.due_at is None,
        "waits_for_other": is_open and not move.due_at,
        "may_take_back": move.state == EmailMove.State.DONE and side == OLD and not move.due_at,
    }
