"""Tokens of programs: the list, a new one, the end of one."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from config.kit import clock
from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.api.access import token_or_404
from config.kit.api.registry import scope_labels, scopes
from config.kit.api.services.tokens import token_create, token_revoke
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    Section,
    Wide,
    confirm_response,
    confirmed,
    receipts,
    toast,
)
from customers.backoffice.programs.token_index import TokenIndex


class TokenForm(forms.Form):
    name = forms.CharField(
        label=lazy("Name of the program"),
        max_length=80,
        help_text=lazy("The audit trail calls it so: “ERP”, “Web shop”."),
    )
    scopes = forms.MultipleChoiceField(label=lazy("It may"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=lazy("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("The last day on which it works. Empty: until you revoke it."),
    )
    per_minute = forms.IntegerField(
        label=lazy("Requests a minute"), min_value=1, max_value=10_000, initial=600
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (key, label)
                for key, label in scope_labels()
                if user.has_perm(scopes[key].permission)
            ]


@backoffice("api.view_apitoken")
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: StaffRequest) -> HttpResponse:
    return TokenIndex(request).response()


@backoffice("api.add_apitoken")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: StaffRequest) -> HttpResponse:
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form.cleaned_data)
        except DomainError as refusal:
            refusal.add_to(form)
    return FormPage(
        form,
        title=_("New token"),
        back=Link(_("Programs"), reverse("programs:tokens")),
        submit=_("Make token"),
        sections=[
            Section(_("Program"), _("Who it is in the audit trail."), [Wide("name", 2)]),
            Section(_("Permissions"), _("Only what you may do yourself."), [Wide("scopes", 3)]),
            Section(_("Limits"), "", ["expires_on", "per_minute"]),
        ],
    ).response(request)


def _made(request: StaffRequest, values: dict[str, Any]) -> HttpResponse:
    """The page that shows the token, this once; the same form again makes no second one."""
    listing = reverse("programs:tokens")
    with transaction.atomic():
        if receipts.claim(request) is not None:
            toast(request, _("This token was made already. Its text is not shown again."))
            return redirect(listing)
        token, text = token_create(
            name=values["name"],
            wanted=values["scopes"],
            by=request.user,
            expires_at=_end_of(values["expires_on"]),
            per_minute=values["per_minute"],
            request=request,
        )
        receipts.settle(request, listing)
    return render(request, "programs/token_made.html", {"token": token, "text": text})


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.max, tzinfo=clock.site_zone()) if day else None


@backoffice("api.delete_apitoken")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def token_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    token = token_or_404(public_id)
    back = reverse("programs:tokens")
    if confirmed(request):
        if token_revoke(token=token, by=request.user, request=request):
            toast(request, _("The token is revoked."))
        return redirect(back)
    return confirm_response(
        request,
        title=_("Revoke the token of “%(name)s”") % {"name": token.name},
        text=_(
            "The program gets no answer any more, from its next request on. This cannot be undone."
        ),
        submit=_("Revoke token"),
        back=back,
    )
