"""The privacy policy in the back office: versions, draft, publication, what differs."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    toast,
)
from customers.access import policy_of, policy_version_of
from customers.policy_text import policy_html, text_changes
from customers.selectors.policies import PolicyOfLanguage, draft_values, policies_by_language
from customers.services.policies import (
    BODY_LIMIT,
    policy_draft_discard,
    policy_draft_save,
    policy_publish,
)

VIEW, CHANGE = "customers.view_policyversion", "customers.change_policyversion"
PUBLISH = "customers.publish_policy"


class PolicyForm(forms.Form):
    title = forms.CharField(label=lazy("Title"), max_length=160)
    note = forms.CharField(
        label=lazy("What changed"),
        max_length=300,
        required=False,
        help_text=lazy("Customers read it in the list of versions."),
    )
    body = forms.CharField(
        label=lazy("Text"),
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=lazy("Markdown: ## makes a heading, - a list, **bold**, [text](address) a link."),
    )


def _list() -> Link:
    return Link(_("Privacy policy"), reverse("customers:policies"))


@backoffice(VIEW)
@require_GET
def policy_list(request: StaffRequest) -> HttpResponse:
    return render(request, "customers/policies/list.html", {"policies": policies_by_language()})


@backoffice(VIEW)
@require_GET
def policy_page(request: StaffRequest, language: str, number: int) -> HttpResponse:
    """A version as customers read it, and what differs from the one before."""
    version = policy_version_of(language, number)
    before = policy_version_of(language, number - 1) if number > 1 else None
    context = {
        "version": version,
        "text": policy_html(version.body),
        "before": before,
        "lines": text_changes(before.body, version.body) if before else [],
        "back": _list(),
    }
    return render(request, "customers/policies/version.html", context)


@backoffice(VIEW)
@require_GET
def policy_compare(request: StaffRequest, language: str) -> HttpResponse:
    """Any two texts of one language; ``0`` is the draft."""
    policy = policy_of(language)
    older, newer = _two_texts(policy, request.GET)
    context = {
        "policy": policy,
        "texts": _texts(policy),
        "older": older,
        "newer": newer,
        "lines": text_changes(older.body, newer.body),
        "back": _list(),
    }
    return render(request, "customers/policies/compare.html", context)


def _texts(policy: PolicyOfLanguage) -> list[Any]:
    return [*([policy.draft] if policy.draft else []), *policy.versions]


def _two_texts(policy: PolicyOfLanguage, sent: Any) -> tuple[Any, Any]:
    """The texts that were asked for; without a wish the newest two."""
    texts = {str(one.number or 0): one for one in _texts(policy)}
    if len(texts) < 2:
        raise Http404
    newest = list(texts.values())
    return texts.get(sent.get("older", ""), newest[1]), texts.get(sent.get("newer", ""), newest[0])


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def policy_edit(request: StaffRequest, language: str) -> HttpResponse:
    policy = policy_of(language)

    def save(form: PolicyForm, seen: Shown | None) -> None:
        policy_draft_save(
            language=language, **form.cleaned_data, seen=seen, by=request.user, request=request
        )

    return RowForm(
        row=policy.draft,
        shown=lambda: draft_values(language),
        make=lambda data, initial: PolicyForm(data, initial=initial),
        page=lambda form: FormPage(
            form,
            title=_("Draft of the privacy policy · %(language)s") % {"language": policy.label},
            back=_list(),
            submit=_("Save draft"),
            sections=[Section("", "", [Wide("title", 3), Wide("note", 3), Wide("body", 3)])],
            intro=_("Nobody sees the draft until it is published."),
        ),
        save=save,
        done=_("The draft is saved."),
        leads_to=lambda _saved: reverse("customers:policies"),
    ).response(request)


@backoffice(PUBLISH)
@require_http_methods(["GET", "POST"])
def policy_make_public(request: StaffRequest, language: str) -> HttpResponse:
    policy = policy_of(language)
    if policy.draft is None:
        raise Http404
    if confirmed(request):
        try:
            version = policy_publish(language=language, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        else:
            toast(request, _("Version %(n)s is published.") % {"n": version.number})
        return redirect("customers:policies")
    return confirm_response(
        request,
        title=_("Publish version %(n)s · %(language)s")
        % {"n": policy.next_number, "language": policy.label},
        text=_(
            "Customers read it from now on, and new consents name it. It cannot be changed or "
            "deleted; the older versions stay readable."
        ),
        submit=_("Publish version"),
        back=reverse("customers:policies"),
        danger=False,
    )


@backoffice(CHANGE)
@require_http_methods(["GET", "POST"])
def policy_discard(request: StaffRequest, language: str) -> HttpResponse:
    policy = policy_of(language)
    if policy.draft is None:
        raise Http404
    if confirmed(request):
        policy_draft_discard(language=language, by=request.user, request=request)
        toast(request, _("The draft is gone."))
        return redirect("customers:policies")
    return confirm_response(
        request,
        title=_("Discard the draft · %(language)s") % {"language": policy.label},
        text=_("What was written in it is lost. Published versions stay."),
        submit=_("Discard draft"),
        back=reverse("customers:policies"),
    )
