"""The tab of a target that looks back: who was in at an instant, who came and went between two."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import clock
from config.kit.pages import charts, formats
from targets.backoffice.movements import why
from targets.backoffice.version_words import version_words
from targets.catalog import Catalog
from targets.models import MembershipChange, Target
from targets.selectors.history import Movements, Then, movements, movements_by_day, then

DAYS_DRAWN = 30
CAUSES = dict(MembershipChange.Cause.choices)


class Moment(forms.DateTimeField):
    """An instant of the site's clock, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, input_formats=self.input_formats, required=True)


class ThenForm(forms.Form):
    at = Moment(gettext_lazy("Instant"))


class BetweenForm(forms.Form):
    since = Moment(gettext_lazy("After"))
    until = Moment(gettext_lazy("Up to"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until <= since:
            self.add_error("until", _("This must be later than the first instant."))
        return found


def history(request: HttpRequest, target: Target) -> dict[str, Any]:
    now = clock.now().astimezone(clock.site_zone())
    then_form = _form(ThenForm, request, {"at": now})
    between_form = _form(BetweenForm, request, {"since": now - timedelta(days=7), "until": now})
    looked = _then(target, then_form, request)
    moved = _between(target, between_form)
    return {
        "history_url": reverse("targets:panel", args=[target.public_id, "history"]),
        "then_form": then_form,
        "then": looked,
        "version_words": version_words(looked.version.rule, Catalog())
        if looked and looked.version
        else "",
        "between_form": between_form,
        "moved": moved,
        "causes": [(CAUSES[cause], came, went) for cause, came, went in moved.causes]
        if moved
        else [],
        "lines": [(change, person, why(change)) for change, person in moved.rows] if moved else [],
        "movements_chart": _chart(target),
    }


def _form(kind: type[forms.Form], request: HttpRequest, initial: dict[str, Any]) -> forms.Form:
    """Bound when its fields were sent, else with what stands in them at first."""
    asked = any(name in request.GET for name in kind.base_fields)
    return kind(request.GET) if asked else kind(initial=initial)


def _then(target: Target, form: forms.Form, request: HttpRequest) -> Then | None:
    if not form.is_bound or not form.is_valid():
        return None
    text = request.GET.get("after", "")
    after = int(text) if text.isdecimal() and len(text) < 19 else 0
    return then(target, form.cleaned_data["at"], after=after)


def _between(target: Target, form: forms.Form) -> Movements | None:
    if not form.is_bound:
        span: tuple[datetime, datetime] = form.initial["since"], form.initial["until"]
        return movements(target, *span)
    if not form.is_valid():
        return None
    return movements(target, form.cleaned_data["since"], form.cleaned_data["until"])


def _chart(target: Target) -> charts.Chart | None:
    found = movements_by_day(target, days=DAYS_DRAWN)
    if not any(came or went for _at, came, went in found):
        return None
    return charts.bars(
        title=_("Entered and left, by day"),
        description=_("How many people entered and left %(name)s on each of the last 30 days.")
        % {"name": target.name},
        labels=[formats.day(at) for at, _came, _went in found],
        series=[
            charts.Series(_("Entered"), [came for _at, came, _went in found], "primary"),
            charts.Series(_("Left"), [-went for _at, _came, went in found], "copper"),
        ],
    )
