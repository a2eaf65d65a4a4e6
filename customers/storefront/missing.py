"""The page on which a person fills in what is missing, by a link that is good once."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.kit.errors import DomainError
from customers.backoffice.forms import custom_form_field
from customers.form_pages import WRONG, secret_address
from customers.models import Customer, DataRequest
from customers.rules.codes import country_choices
from customers.rules.id_numbers import ID_TYPES
from customers.rules.profile import customer_normalise
from customers.selectors.completeness import CUSTOM, missing_fields
from customers.selectors.custom_fields import custom_fields_of_the_customer, reading_context
from customers.selectors.fields import LABELS
from customers.services.data_requests import data_request_answer, data_request_by_token
from customers.storefront.forms import nobodys_business

GONE = 410
ADDRESS = ("line1", "line2", "district", "city", "region", "postal_code")
# A field that is asked for → what stands on the page for it.
WIDGETS: dict[str, tuple[str, ...]] = {
    "id_number": ("id_type", "id_number"),
    "address": ADDRESS,
}


def _label(name: str) -> Any:
    return LABELS[name]


def _text(name: str, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=_label(name), required=False, widget=forms.TextInput(attrs=attrs), max_length=300
    )


class MissingDataForm(forms.Form):
    """Only what is missing; clean values are in ``profile`` and ``address``."""

    first_name = _text("first_name", autocomplete="given-name")
    last_name = _text("last_name", autocomplete="family-name")
    second_last_name = _text("second_last_name", autocomplete="off")
    email = _text("email", autocomplete="email", inputmode="email")
    phone = _text("phone", autocomplete="tel", inputmode="tel")
    id_type = forms.ChoiceField(
        label=_label("id_type"),
        required=False,
        choices=lambda: [(key, one.label) for key, one in ID_TYPES.items()],
    )
    id_number = _text("id_number", autocomplete="off")
    birthday = _text("birthday", autocomplete="bday", placeholder=_("dd-mm-yyyy"))
    gender = forms.ChoiceField(
        label=_label("gender"), required=False, choices=[("", "–"), *Customer.Gender.choices]
    )
    line1 = _text("line1", autocomplete="address-line1")
    line2 = _text("line2", autocomplete="address-line2")
    district = _text("district", autocomplete="address-level3")
    city = _text("city", autocomplete="address-level2")
    region = _text("region", autocomplete="address-level1")
    postal_code = _text("postal_code", autocomplete="postal-code")
    country = forms.ChoiceField(
        label=_label("country"),
        required=False,
        choices=lambda: [("", "–"), *country_choices(get_language() or "es")],
    )
    language = forms.ChoiceField(
        label=_label("language"), required=False, choices=[("", "–"), *settings.LANGUAGES]
    )

    def __init__(self, data: QueryDict | None, *, asked: list[str]) -> None:
        super().__init__(data)
        shown = {part for name in asked for part in WIDGETS.get(name, (name,))}
        self.custom = [one for one in custom_fields_of_the_customer() if CUSTOM + one.key in shown]
        for one in self.custom:
            self.fields[CUSTOM + one.key] = custom_form_field(one, required=False)
        for name in self.fields.keys() - shown:
            del self.fields[name]
        self.profile: dict[str, Any] = {}
        self.address: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        values = {name: str(value or "") for name, value in self.cleaned_data.items()}
        if not any(values[name].strip() for name in values.keys() - {"id_type"}):
            raise forms.ValidationError(_("Fill in at least one of these."))
        if not values.get("id_number"):
            values.pop("id_type", None)
        context = reading_context(
            fields=self.custom, decimal="." if (get_language() or "").startswith("en") else ","
        )
        self.profile, refusals = customer_normalise(values, context)
        for refusal in refusals.values():
            refusal.add_to(self)
        self.address = {name: values[name] for name in ADDRESS if name in values}
        return self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest, token: str) -> HttpResponse:
    """A GET changes nothing, so that a program that looks at links uses none up."""
    found = data_request_by_token(token)
    if found is None:
        return secret_address(render(request, "account/missing_over.html", status=GONE))
    form = MissingDataForm(
        request.POST if request.method == "POST" else None,
        asked=missing_fields(found.customer, found.fields),
    )
    if not form.fields:
        return secret_address(render(request, "account/missing_done.html"))
    if form.is_valid():
        answer = _answer(request, found, form)
        if answer is not None:
            return secret_address(answer)
    status = WRONG if form.is_bound else 200
    context = {"form": form, "until": found.expires_at}
    return secret_address(render(request, "account/missing.html", context, status=status))


def _answer(request: HttpRequest, found: DataRequest, form: MissingDataForm) -> HttpResponse | None:
    try:
        data_request_answer(
            data_request=found, profile=form.profile, address=form.address, request=request
        )
    except DomainError as refusal:
        if refusal.code == "link_dead":
            return render(request, "account/missing_over.html", status=GONE)
        nobodys_business(refusal).add_to(form)
        return None
    return render(request, "account/missing_done.html")
