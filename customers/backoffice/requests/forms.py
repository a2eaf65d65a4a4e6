"""The forms of the desk of privacy requests."""

from typing import Any, Final

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit import clock
from customers.models import Customer, PrivacyRequest, User
from customers.rules.codes import country_choices
from customers.rules.privacy_laws import COUNTRIES
from customers.selectors.colleagues import staff_who_may

ELSEWHERE: Final = "ZZ"
BY_STAFF: Final = [choice for choice in PrivacyRequest.Channel.choices if choice[0] != "account"]


def _countries() -> list[tuple[str, str]]:
    named = [one for one in country_choices(get_language() or "es") if one[0] in COUNTRIES]
    return [*named, (ELSEWHERE, _("Another country"))]


class RequestForm(forms.Form):
    right = forms.ChoiceField(label=lazy("What they ask for"), choices=PrivacyRequest.Right.choices)
    channel = forms.ChoiceField(label=lazy("How it arrived"), choices=BY_STAFF)
    received_on = forms.DateField(
        label=lazy("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("The deadline counts from this day."),
    )
    name = forms.CharField(label=lazy("Name"), max_length=200, required=False)
    email = forms.CharField(
        label=lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=lazy("It finds the record. A receipt and the answer go there."),
    )
    country = forms.ChoiceField(
        label=lazy("Country"),
        choices=_countries,
        help_text=lazy("Its law says until when to answer."),
    )
    details = forms.CharField(
        label=lazy("In their words"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, customer: Customer | None, country: str, **kwargs: Any) -> None:
        known = {code for code, _name in _countries()}
        first = {
            "received_on": clock.today(),
            "country": country if country in known else ELSEWHERE,
        }
        super().__init__(*args, **{"initial": first, **kwargs})
        if customer is not None:
            del self.fields["name"], self.fields["email"]


class IdentityForm(forms.Form):
    verdict = forms.ChoiceField(
        label=lazy("Is it them?"),
        choices=[("yes", lazy("Yes, proved")), ("no", lazy("No, not proved"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    note = forms.CharField(
        label=lazy("How you know"),
        max_length=300,
        help_text=lazy("The document that you saw, the call back. Keep no copy of a document."),
    )


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label=lazy("Who answers it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=lazy("Nobody"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = staff_who_may("change_privacyrequest")  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    text = forms.CharField(
        label=lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=lazy("Note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("Only staff read it."),
    )


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=lazy("Remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LinkForm(forms.Form):
    email = forms.CharField(
        label=lazy("E-mail of the record"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=lazy("Outcome"),
        choices=[("granted", pgettext_lazy("request", "Granted")), ("refused", lazy("Refused"))],
        widget=forms.RadioSelect,
        initial="granted",
    )
    text = forms.CharField(
        label=lazy("Answer"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=lazy("In the person's language. They read it as it stands here."),
    )
    is_mailed = forms.BooleanField(label=lazy("Send it by mail"), required=False, initial=True)
