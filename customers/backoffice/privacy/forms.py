"""Asking for an erasure and for a legal hold."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from customers.identity import fold
from customers.models import Customer, Erasure
from customers.privacy.services import WINDOW


class EraseForm(forms.Form):
    ground = forms.ChoiceField(label=lazy("Ground"), choices=Erasure.Ground.choices)
    when = forms.ChoiceField(
        label=lazy("When"),
        choices=[
            ("later", lazy("In 10 days; until then it can be called off")),
            ("now", lazy("Now; nothing can be undone")),
        ],
        widget=forms.RadioSelect,
        initial="later",
    )
    phrase = forms.CharField(max_length=400, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = str(customer)
        self.fields["phrase"].label = _("Type %(name)s") % {"name": self.name}

    def clean_phrase(self) -> str:
        text: str = self.cleaned_data["phrase"].strip()
        if fold(text) != fold(self.name):
            raise forms.ValidationError(_("It is not the same text."), code="phrase")
        return text

    @property
    def window(self) -> timedelta:
        return WINDOW if self.cleaned_data["when"] == "later" else timedelta(0)


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=lazy("What for"),
        max_length=300,
        help_text=lazy(
            "A claim, a lawsuit, an audit. Nobody can erase the record while it stands."
        ),
    )
