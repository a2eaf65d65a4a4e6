"""A customer's own rights: what they asked for, until when it is answered, their copy."""

from pathlib import Path
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.access import own_request_of
from customers.limits import refuse_too_many
from customers.models import PrivacyRequest
from customers.privacy.requests import request_receive
from customers.selectors.requests import request_files, requests_of
from customers.storefront.access import AccountRequest, account
from customers.storefront.pages import with_nav

Right = PrivacyRequest.Right
MEANINGS = {
    Right.ACCESS: lazy("A copy of all that is held of me"),
    Right.PORTABILITY: lazy("My data as a file, to take it elsewhere"),
    Right.RECTIFICATION: lazy("Correct what is wrong about me"),
    Right.ERASURE: lazy("Erase my data"),
    Right.OBJECTION: lazy("Stop using my data for something"),
    Right.RESTRICTION: lazy("Block my data: keep it, and use it for nothing"),
}
SHOWN = 20


class MyRequestForm(forms.Form):
    right = forms.ChoiceField(
        label=lazy("What you want"), choices=list(MEANINGS.items()), widget=forms.RadioSelect
    )
    details = forms.CharField(
        label=lazy("What we should know"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@account
@require_http_methods(["GET", "HEAD", "POST"])
def my_requests(request: AccountRequest) -> HttpResponse:
    form = MyRequestForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            _ask(request, form)
        except DomainError as refusal:
            refusal.add_to(form)
            status = 429 if refusal.code == "too_many" else 422
        else:
            toast(request, _("We received your request, and a mail says so."))
            return redirect("account:requests")
    rows = [(one, request_files(one)) for one in requests_of(request.customer)[:SHOWN]]
    context = with_nav("consents", form=form, rows=rows)
    return render(request, "account/requests.html", context, status=status)


def _ask(request: AccountRequest, form: MyRequestForm) -> None:
    refuse_too_many("privacy-request", f"customer:{request.customer.pk}", request)
    request_receive(
        **form.cleaned_data,
        channel=PrivacyRequest.Channel.ACCOUNT,
        customer=request.customer,
        by=request.user,
        request=request,
    )


@account
@require_safe
def my_copy(request: AccountRequest, request_id: UUID) -> HttpResponseBase:
    """The file with all that is held of the person, once their request is granted.

    :raises Http404: it is not theirs, not granted, or its day is over.
    """
    row = own_request_of(request.customer, request_id)
    if row.state != PrivacyRequest.State.GRANTED:
        raise Http404
    for file in request_files(row):
        path = Path(settings.FILES_DIR) / file.path
        if path.is_file():
            return FileResponse(
                path.open("rb"),
                as_attachment=True,
                filename=file.name,
                content_type=file.content_type,
            )
    raise Http404
