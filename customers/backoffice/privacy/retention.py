"""How long data is kept: one number of days a class, and what that would remove today."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, Section, formats, toast
from customers.privacy.retention import (
    MOST_DAYS,
    Kept,
    retention,
    retention_set,
    retention_state,
)

VIEW, ERASE = "customers.view_erasure", "customers.erase_customer"


class RetentionForm(forms.Form):
    """A field a class, named by its key."""

    def __init__(self, *args: Any, may_change: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, rule in retention.items():
            self.fields[key] = forms.IntegerField(
                label=_("Days"),
                required=False,
                min_value=rule.least,
                max_value=MOST_DAYS,
                disabled=not may_change,
                widget=forms.NumberInput(attrs={"placeholder": _("For ever")}),
            )


@backoffice(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def retention_page(request: StaffRequest) -> HttpResponse:
    """The days as they are; a POST shows what other days would remove, and writes nothing."""
    may_change = request.user.has_perm(ERASE)
    if request.method == "POST":
        form = RetentionForm(request.POST, may_change=may_change)
        return _page(request, form, retention_state(form.cleaned_data if form.is_valid() else None))
    lines = retention_state()
    form = RetentionForm(initial={one.key: one.days for one in lines}, may_change=may_change)
    return _page(request, form, lines)


@backoffice(ERASE)
@step_up
@require_POST
def retention_save(request: StaffRequest) -> HttpResponse:
    form = RetentionForm(request.POST)
    if form.is_valid():
        try:
            changed = retention_set(days=form.cleaned_data, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("customers:retention")
    return _page(request, form, retention_state())


def _page(request: StaffRequest, form: RetentionForm, lines: list[Kept]) -> HttpResponse:
    for one in lines:
        form[one.key].help_text = " ".join(filter(None, (_today(one), _last(one))))
    page = FormPage(
        form,
        title=_("Retention"),
        back=Link(_("Erasures"), reverse("customers:erasures")),
        sections=[Section(one.rule.label, one.rule.what, [one.key]) for one in lines],
        intro=_("What is older goes by itself, a little every hour. A legal hold stops it."),
        template_name="customers/privacy/retention.html",
    )
    return page.response(request, {"may_change": request.user.has_perm(ERASE)})


def _today(one: Kept) -> str:
    if one.over is None:
        return _("Kept for ever. It can be set from %(n)s days on.") % {
            "n": formats.number(one.rule.least)
        }
    number = one.over.number
    values = {"n": formats.number(number)}
    if not one.rule.is_people:
        return _entries(number, is_exact=one.over.is_exact) % values
    if not one.over.is_exact:
        return _("About %(n)s people would go today.") % values
    return ngettext("%(n)s person would go today.", "%(n)s people would go today.", number) % values


def _entries(number: int, *, is_exact: bool) -> str:
    if not is_exact:
        return _("About %(n)s entries would go today.")
    return ngettext("%(n)s entry would go today.", "%(n)s entries would go today.", number)


def _last(one: Kept) -> str:
    if one.policy is None or one.policy.last_run_at is None:
        return ""
    count = one.policy.last_count
    text = ngettext("%(n)s went on %(when)s.", "%(n)s went on %(when)s.", count)
    return text % {"n": formats.number(count), "when": formats.moment(one.policy.last_run_at)}
