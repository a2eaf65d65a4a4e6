"""The form in which staff note what a person said about being written to."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from customers.models.consent import Channel, ConsentValue
from customers.selectors.consents import purpose_label
from customers.services.consent import MARKETING


class StatementForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    purpose = forms.ChoiceField(label=_("Purpose"))
    value = forms.ChoiceField(
        label=_("What they said"),
        choices=[
            (ConsentValue.WITHDRAWN, _("They do not want to receive anything")),
            (ConsentValue.GRANTED, _("They agreed")),
        ],
        widget=forms.RadioSelect,
    )
    said_on = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: today."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How it can be shown: a form, a call with its date, a signed sheet."),
    )

    def __init__(self, *args: Any, purposes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        known = [MARKETING, *(one for one in purposes if one != MARKETING)]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one, purpose_label(one)) for one in known]

    @property
    def occurred_at(self) -> datetime | None:
        """The end of the day that was named, so that it follows what was said that day."""
        day = self.cleaned_data.get("said_on")
        if day is None or day == clock.today():
            return None
        return datetime.combine(day, time(23, 59, 59), tzinfo=clock.site_zone())
