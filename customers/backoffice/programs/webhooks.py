"""Webhooks: the list, one with its log, its messages, and what staff does there."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.api.access import message_or_404, webhook_or_404
from config.kit.api.models import Webhook
from config.kit.api.registry import webhook_event_labels
from config.kit.api.selectors import tries_of, waiting_count
from config.kit.api.services.webhooks import (
    message_send_again,
    webhook_create,
    webhook_delete,
    webhook_disable,
    webhook_enable,
    webhook_rotate,
    webhook_test_send,
    webhook_update,
)
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    Section,
    Wide,
    confirm_response,
    confirmed,
    receipts,
    toast,
)
from customers.backoffice.programs.webhook_index import (
    CHANGE,
    TONES,
    MessageIndex,
    WebhookIndex,
    event_label,
    hook_status,
)

VIEW = "api.view_webhook"
MOST_WAITING = 10_000


class WebhookForm(forms.Form):
    name = forms.CharField(label=lazy("Name"), max_length=80)
    url = forms.CharField(
        label=lazy("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text=lazy("It is called by POST and answers 2xx within ten seconds."),
    )
    events = forms.MultipleChoiceField(
        label=lazy("It tells of"),
        choices=webhook_event_labels,
        widget=forms.CheckboxSelectMultiple,
    )


@backoffice(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: StaffRequest) -> HttpResponse:
    return WebhookIndex(request).response()


@backoffice("api.add_webhook")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: StaffRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form.cleaned_data)
        except DomainError as refusal:
            refusal.add_to(form)
    return _form_page(request, form, _("New webhook"), None)


def _made(request: StaffRequest, values: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        if (done := receipts.claim(request)) is not None:
            return redirect(done)
        hook, text = webhook_create(**values, by=request.user, request=request)
        receipts.settle(request, reverse("programs:webhook", args=[hook.public_id]))
    return render(request, "programs/webhook_secret.html", {"webhook": hook, "text": text})


def _form_page(
    request: StaffRequest, form: WebhookForm, title: str, hook: Webhook | None
) -> HttpResponse:
    back = (
        Link(hook.name, reverse("programs:webhook", args=[hook.public_id]))
        if hook
        else Link(_("Webhooks"), reverse("programs:webhooks"))
    )
    return FormPage(
        form,
        title=title,
        back=back,
        submit=_("Save webhook"),
        sections=[
            Section(_("Receiver"), "", ["name", Wide("url", 2)]),
            Section(
                _("Events"),
                _("A message says who it is about; the receiver reads the record with its token."),
                [Wide("events", 3)],
            ),
        ],
        version=str(hook.version) if hook else "",
    ).response(request)


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    initial = {"name": hook.name, "url": hook.url, "events": hook.events}
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            webhook_update(
                webhook=hook,
                version=int(version) if version.isdecimal() else 0,
                **form.cleaned_data,
                by=request.user,
                request=request,
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The webhook was saved."))
            return redirect("programs:webhook", hook.public_id)
    return _form_page(request, form, _("Edit the webhook"), hook)


@backoffice(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: StaffRequest, public_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    return MessageIndex(request, webhook=hook).response(
        {
            "webhook": hook,
            "state": hook_status(hook),
            "events": [event_label(one) for one in hook.events],
            "waiting": waiting_count(hook, most=MOST_WAITING),
        }
    )


@backoffice(VIEW)
@require_safe
def message(request: StaffRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    found = message_or_404(hook, message_id)
    context = {
        "webhook": hook,
        "message": found,
        "title": event_label(found.event),
        "tone": TONES[found.state],
        "body": json.dumps(found.payload, indent=2, ensure_ascii=False),
        "tries": tries_of(found),
    }
    return render(request, "programs/message.html", context)


@backoffice(CHANGE)
@require_POST
def message_again(request: StaffRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    message_send_again(message=message_or_404(hook, message_id))
    if hook.disabled_at is not None:
        toast(request, _("It goes out when the webhook is switched on."), level="info")
    else:
        toast(request, _("It goes out again in a moment, under the same id."))
    return redirect("programs:message", public_id, message_id)


@backoffice(CHANGE)
@require_POST
def webhook_try(request: StaffRequest, public_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    sent = webhook_test_send(webhook=hook)
    toast(request, _("The test goes out in a moment."))
    return redirect("programs:message", public_id, sent.public_id)


@backoffice(CHANGE)
@require_POST
def webhook_on(request: StaffRequest, public_id: UUID) -> HttpResponse:
    webhook_enable(webhook=webhook_or_404(public_id), by=request.user, request=request)
    toast(request, _("The webhook is on. What waited goes out now."))
    return redirect("programs:webhook", public_id)


@backoffice(CHANGE)
@require_POST
def webhook_off(request: StaffRequest, public_id: UUID) -> HttpResponse:
    webhook_disable(webhook=webhook_or_404(public_id), by=request.user, request=request)
    toast(request, _("The webhook is off. What happens meanwhile is not kept for it."))
    return redirect("programs:webhook", public_id)


@backoffice(CHANGE)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_secret(request: StaffRequest, public_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    if confirmed(request):
        text = webhook_rotate(webhook=hook, by=request.user, request=request)
        return render(request, "programs/webhook_secret.html", {"webhook": hook, "text": text})
    return confirm_response(
        request,
        title=_("A new secret for “%(name)s”") % {"name": hook.name},
        text=_(
            "For 24 hours every message carries two signatures, of the old secret and of the new "
            "one; then the old one ends."
        ),
        submit=_("Make a new secret"),
        danger=False,
        back=reverse("programs:webhook", args=[public_id]),
    )


@backoffice("api.delete_webhook")
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    hook = webhook_or_404(public_id)
    if confirmed(request):
        webhook_delete(webhook=hook, by=request.user, request=request)
        toast(request, _("The webhook was deleted."))
        return redirect("programs:webhooks")
    return confirm_response(
        request,
        title=_("Delete the webhook “%(name)s”") % {"name": hook.name},
        text=_("Its log goes with it, and what still waits is never sent."),
        submit=_("Delete webhook"),
        back=reverse("programs:webhook", args=[public_id]),
    )
