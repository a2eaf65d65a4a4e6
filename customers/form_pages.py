"""A form on a page of its own, as log-ins and accounts have them."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.kit.errors import DomainError

TOO_MANY = 429
WRONG = 422


def form_page(
    request: HttpRequest,
    form: forms.Form,
    template: str,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    pass_on: Collection[str] = (),
    **context: Any,
) -> HttpResponse:
    """The page, or what ``act`` answers to the sent values; its refusal is shown at its field.

    Refusals whose code is in ``pass_on`` are the caller's to answer.
    """
    status = WRONG if form.is_bound else 200
    if form.is_valid():
        try:
            return act(form.cleaned_data)
        except DomainError as error:
            if error.code in pass_on:
                raise
            error.add_to(form)
            status = TOO_MANY if error.code == "too_many" else WRONG
    return render(request, template, {"form": form, **context}, status=status)


def secret_address(response: HttpResponse) -> HttpResponse:
    """The address of this page is a secret: it travels to no other site and into no cache."""
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
