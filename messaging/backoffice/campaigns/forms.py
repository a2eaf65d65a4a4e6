"""The forms of the composer's steps; each holds only its own fields of the campaign."""

import hashlib
import json
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from messaging.models import Campaign
from messaging.services.campaigns import CampaignValues
from targets.models import Target

MOST_TEST_ADDRESSES = 10
CONTENT_LIMIT = 500_000


class StepForm(forms.Form):
    """A step: ``changes()`` are its fields as ``CampaignValues`` names them."""

    names: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def initial_of(cls, values: CampaignValues) -> dict[str, Any]:
        return {name: getattr(values, name) for name in cls.names}

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}

    @classmethod
    def digest(cls, values: CampaignValues) -> str:
        """A fingerprint of the fields of this step, to see whether somebody else changed them."""
        text = json.dumps(cls.initial_of(values), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class LaterField(forms.CharField):
    """Needed before the sending, but a draft may still lack it."""

    def validate(self, value: Any) -> None:
        """The checklist asks for it, not the form."""


class TargetsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several targets; their ids come one by one, or joined by commas (the conflict screen)."""

    def clean(self, value: Any) -> Any:
        parts = [part for one in value or () for part in str(one).split(",") if part]
        return super().clean(parts) if parts else Target.objects.none()


class AudienceForm(StepForm):
    names = ("include", "exclude")

    include = TargetsField(
        label=_("Send to the people of"),
        queryset=Target.objects.order_by("name"),
        widget=forms.SelectMultiple(attrs={"data-select": ""}),
        help_text=_("Whoever is in several of them receives it once."),
    )
    exclude = TargetsField(
        label=_("Leave out the people of"),
        queryset=Target.objects.order_by("name"),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-select": ""}),
    )

    @classmethod
    def initial_of(cls, values: CampaignValues) -> dict[str, Any]:
        return {"include": sorted(values.include), "exclude": sorted(values.exclude)}

    def changes(self) -> dict[str, Any]:
        return {name: sorted(row.pk for row in self.cleaned_data[name]) for name in self.names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        both = set(cleaned.get("include", ())) & set(cleaned.get("exclude", ()))
        if both:
            names = ", ".join(sorted(one.name for one in both))
            message = gettext("%(targets)s cannot be included and left out at once.")
            self.add_error("exclude", message % {"targets": names})
        return cleaned


class ContentForm(StepForm):
    names = ("subject", "preheader", "body_format", "body", "text_body")

    subject = LaterField(label=_("Subject"), max_length=300)
    preheader = forms.CharField(
        label=_("Preview text"),
        max_length=300,
        required=False,
        help_text=_("What mail programs show after the subject."),
    )
    body_format = forms.ChoiceField(label=_("Format"), choices=Campaign.BodyFormat.choices)
    body = LaterField(
        label=_("Content"),
        strip=False,
        max_length=CONTENT_LIMIT,
        widget=forms.Textarea(
            attrs={
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "wrap": "off",
                "rows": 24,
                "data-code": "",
            }
        ),
    )
    text_body = forms.CharField(
        label=_("Text version"),
        required=False,
        strip=False,
        max_length=CONTENT_LIMIT,
        help_text=_("Left empty, it is made from the content."),
        widget=forms.Textarea(attrs={"rows": 6, "data-insertable": ""}),
    )

    def clean_body(self) -> str:
        return _plain_lines(self.cleaned_data["body"])

    def clean_text_body(self) -> str:
        return _plain_lines(self.cleaned_data["text_body"])


def _plain_lines(text: str) -> str:
    """Browsers send CRLF; lines are counted, and compared, with LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class SenderForm(StepForm):
    names = ("name", "from_name", "from_address", "reply_to", "tracks_opens", "tracks_clicks")

    name = forms.CharField(
        label=_("Name of the campaign"),
        max_length=120,
        help_text=_("Only staff see it."),
    )
    from_name = forms.CharField(label=_("Sender name"), max_length=120, required=False)
    from_address = forms.EmailField(label=_("Sender address"), max_length=254, required=False)
    reply_to = forms.EmailField(label=_("Reply to"), max_length=254, required=False)
    tracks_opens = forms.BooleanField(label=_("Follow opens"), required=False)
    tracks_clicks = forms.BooleanField(label=_("Follow clicks"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Who leaves the sender empty sees whose name and address the mail carries."""
        super().__init__(*args, **kwargs)
        self.fields["from_name"].widget.attrs["placeholder"] = settings.SITE_NAME
        self.fields["from_address"].widget.attrs["placeholder"] = settings.DEFAULT_FROM_EMAIL


class NewCampaignForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the campaign"),
        max_length=120,
        help_text=_("Only staff see it. You can change it later."),
    )
    target = forms.ModelChoiceField(
        label=_("Target"),
        queryset=Target.objects.order_by("name"),
        required=False,
        empty_label=_("Choose later"),
        widget=forms.Select(attrs={"data-select": ""}),
    )
    body_format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            (Campaign.BodyFormat.MJML, _("MJML: adapts to phones by itself")),
            (Campaign.BodyFormat.HTML, _("HTML: you write it whole")),
        ],
    )


class TestForm(forms.Form):
    """To whom a test goes, and as whom it is written."""

    addresses = forms.CharField(
        label=_("Addresses"),
        max_length=1000,
        help_text=_("Up to ten, with commas between them."),
    )

    def clean_addresses(self) -> list[str]:
        found = [one.strip() for one in self.cleaned_data["addresses"].replace(";", ",").split(",")]
        addresses = list(dict.fromkeys(one for one in found if one))
        if len(addresses) > MOST_TEST_ADDRESSES:
            raise ValidationError(_("A test goes to ten addresses at most."))
        for address in addresses:
            _check_address(address)
        return addresses


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as refusal:
        message = gettext("%(address)s is no e-mail address.") % {"address": address}
        raise ValidationError(message) from refusal


DAY: dict[str, Any] = {"type": "date", "aria-label": _("Day")}
TIME: dict[str, Any] = {"type": "time", "aria-label": _("Time")}


class ScheduleForm(forms.Form):
    at = forms.SplitDateTimeField(
        label=_("Day and time"),
        widget=forms.SplitDateTimeWidget(
            date_attrs=DAY,
            time_attrs=TIME,
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
        input_date_formats=["%Y-%m-%d"],
        input_time_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"required": _("Choose the day and the time.")},
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at <= clock.now():
            raise ValidationError(_("This moment has passed. Choose a later one."))
        return at


class CloneForm(forms.Form):
    name = forms.CharField(label=_("Name of the copy"), max_length=120)
