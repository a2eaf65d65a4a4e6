"""What of a timeline is wanted: a group of kinds and days."""

from typing import Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from customers.registry import TIMELINE_GROUPS
from customers.selectors.timeline import TimelineFilter


class TimelineForm(forms.Form):
    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> TimelineFilter:
        """The filter; a part that makes no sense is left out."""
        self.is_valid()
        values: dict[str, Any] = self.cleaned_data
        group = values.get("kind", "")
        return TimelineFilter(
            group=group if group in TIMELINE_GROUPS else "",
            since=values.get("since"),
            until=values.get("until"),
            after=values.get("after", ""),
        )

    def group_links(self, path: str) -> list[tuple[Any, str, bool]]:
        """Label, URL and whether it is the open one, for all groups."""
        wanted = self.wanted()
        days = {"since": wanted.since, "until": wanted.until}
        kept = {name: day.isoformat() for name, day in days.items() if day}
        groups = [("", _("Everything")), *TIMELINE_GROUPS.items()]
        return [
            (
                label,
                f"{path}?{urlencode({**kept, 'kind': key} if key else kept)}".rstrip("?"),
                key == wanted.group,
            )
            for key, label in groups
        ]
