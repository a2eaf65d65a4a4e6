"""The forms beside the lists."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ResubscribeForm(forms.Form):
    """Why this person may be written to again."""

    evidence = forms.CharField(
        label=_("How they agreed"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "For example: called on 12 May and asked for the newsletter; sheet 14 is signed."
        ),
        error_messages={
            "required": _("Say how this person agreed: a form, a call, a signed sheet.")
        },
    )


class BlockForm(forms.Form):
    address = forms.EmailField(label=_("Address"), max_length=254)
    detail = forms.CharField(label=_("Why"), max_length=300, required=False)
