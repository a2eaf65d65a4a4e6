"""How records behave: what an edit locks, and what makes them complete."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, Section, Wide, toast
from customers.selectors.completeness import countable
from customers.selectors.locks import record_rules
from customers.services.record_rules import MOST_DAYS, record_rules_set

MODES = (
    ("block", lazy("All contact data: after one edit, no order changes any of it")),
    ("field", lazy("Only the field that was edited: orders go on with the others")),
)

SHOWN = ("lock_mode", "expected", "ask_days", "offers_sharing")


class RulesForm(forms.Form):
    lock_mode = forms.ChoiceField(
        label=lazy("What an edit by staff locks"), choices=MODES, widget=forms.RadioSelect
    )
    expected = forms.MultipleChoiceField(
        label=lazy("What makes a record complete"),
        required=False,
        choices=lambda: list(countable().items()),
        widget=forms.CheckboxSelectMultiple,
    )
    ask_days = forms.IntegerField(
        label=lazy("Days for which a link that asks works"), min_value=1, max_value=MOST_DAYS
    )
    offers_sharing = forms.BooleanField(
        label=lazy("Customers have a code of their own to share, in their account"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "switch", "role": "switch"}),
    )


@backoffice("customers.change_recordrules")
@require_http_methods(["GET", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    held = record_rules()
    initial = {name: getattr(held, name) for name in SHOWN}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = record_rules_set(**form.cleaned_data, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("customers:record_rules")
    page = FormPage(
        form,
        title=_("Rules of the records"),
        back=Link(_("Customers"), reverse("customers:list")),
        sections=[
            Section(
                _("Locks"),
                _(
                    "An order brings the name, phone, document and address of its buyer. What "
                    "staff have corrected by hand stays, and the record says what differs."
                ),
                [Wide("lock_mode", 3)],
            ),
            Section(
                _("Complete records"),
                _(
                    "The record shows what of this is missing, and the person can be asked for it "
                    "by a link or a QR code."
                ),
                [Wide("expected", 3), "ask_days"],
            ),
            Section(
                _("Sharing codes"),
                _(
                    "Who comes by the code or the link of somebody is counted on the record of "
                    "both."
                ),
                [Wide("offers_sharing", 3)],
            ),
        ],
    )
    return page.response(request)
