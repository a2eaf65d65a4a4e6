"""Saving one step of a draft while others may be writing too."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import Conflict
from customers.models import User
from messaging.access import campaign_get
from messaging.backoffice.campaigns.forms import AudienceForm, ContentForm, SenderForm, StepForm
from messaging.models import Campaign
from messaging.selectors.screens import target_names
from messaging.services.campaigns import campaign_update, campaign_values

FORMS: dict[str, type[StepForm]] = {
    "audience": AudienceForm,
    "content": ContentForm,
    "sender": SenderForm,
}


class ChangedByAnother(Exception):
    """Somebody else saved the same fields in between."""


@dataclass(frozen=True)
class Token:
    """What the browser sends back: the version it saw, and the fingerprint of its step."""

    version: int
    digest: str

    def __str__(self) -> str:
        return f"{self.version}.{self.digest}"

    @classmethod
    def of(cls, campaign: Campaign, form: type[StepForm]) -> "Token":
        return cls(campaign.version, form.digest(campaign_values(campaign)))

    @classmethod
    def read(cls, request: HttpRequest) -> "Token":
        version, _, digest = request.POST.get("version", "").partition(".")
        return cls(whole(version, -1), digest)


def step_save(*, campaign: Campaign, form: StepForm, token: Token, by: User) -> Campaign:
    """Save the fields of a valid step. Other steps may have been saved by others meanwhile.

    :raises ChangedByAnother: the fields of this step were.
    :raises DomainError: the campaign refuses.
    """
    values = campaign_values(campaign)
    if token.version != campaign.version and token.digest != form.digest(values):
        return _unless_both_wrote_the_same(campaign, form)
    merged = replace(values, **form.changes())
    try:
        return campaign_update(campaign=campaign, values=merged, version=campaign.version, by=by)
    except DomainError as refusal:
        if refusal.code == "campaign_changed":
            return _unless_both_wrote_the_same(campaign_get(campaign.public_id), form)
        raise


def _unless_both_wrote_the_same(campaign: Campaign, form: StepForm) -> Campaign:
    """The page's own draft may have been quicker than the button that was pressed after it."""
    if conflicts(form, campaign):
        raise ChangedByAnother
    return campaign


def conflicts(form: StepForm, campaign: Campaign) -> list[Conflict]:
    """Field by field, what this person wrote and what stands saved by now."""
    theirs = form.initial_of(campaign_values(campaign))
    return [
        Conflict(
            name=name,
            label=str(form.fields[name].label),
            base="",
            yours=_shown(form, name, yours),
            theirs=_shown(form, name, theirs[name]),
            yours_value=_posted(yours),
            theirs_value=_posted(theirs[name]),
        )
        for name, yours in form.changes().items()
        if yours != theirs[name]
    ]


def _shown(form: StepForm, name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(target_names(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    return str(choices.get(value, value))


def _posted(value: Any) -> str:
    """The value as the form reads it from one posted text."""
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)
