"""The list of webhooks, and the log of one of them."""

from collections.abc import Sequence
from typing import Any, Self

import django_filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit.api.models import Webhook, WebhookMessage
from config.kit.api.registry import webhook_event_labels, webhook_events
from config.kit.api.services.webhooks import TEST
from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Sort,
    Status,
    Tag,
    Tags,
    TwoLines,
    View,
    formats,
)
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, WhenFilter
from config.kit.pages.pieces import Tone

Hooks = QuerySet[Webhook]
Messages = QuerySet[WebhookMessage]
CHANGE = "api.change_webhook"
MOST_EVENTS = 2
TONES: dict[str, Tone] = {"pending": "warning", "delivered": "ok", "failed": "danger"}


def event_label(event: str) -> str:
    if event == TEST:
        return _("Test")
    return str(webhook_events[event].label) if event in webhook_events else event


def hook_status(hook: Webhook) -> Status:
    if hook.disabled_at is not None:
        return Status("neutral", _("Off"), str(hook.get_disabled_reason_display()))
    if hook.failures:
        text = ngettext("%(n)s try failed", "%(n)s tries failed", hook.failures)
        return Status("danger", _("Fails"), text % {"n": formats.number(hook.failures)}, "danger")
    return Status("ok", _("On"))


def _events(hook: Webhook) -> Tags:
    labels = [event_label(one) for one in hook.events]
    return Tags(
        [Tag(label, "slate") for label in labels[:MOST_EVENTS]], max(0, len(labels) - MOST_EVENTS)
    )


STATES = {
    "on": (lazy("On"), Q(disabled_at=None, failures=0)),
    "fails": (lazy("Fails"), Q(disabled_at=None, failures__gt=0)),
    "off": (lazy("Off"), Q(disabled_at__isnull=False)),
}


class WebhookFilter(django_filters.FilterSet):
    state = AnyOfFilter(
        label=lazy("Status"),
        choices=[(key, label) for key, (label, _where) in STATES.items()],
        method="by_state",
    )
    event = AnyOfFilter(label=lazy("Tells of"), choices=webhook_event_labels, method="by_event")
    delivered = WhenFilter(
        label=lazy("Last delivery"), field_name="delivered_at", empty_label=lazy("never")
    )

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = ()

    def by_state(self, rows: Hooks, _name: str, value: Picked) -> Hooks:
        return rows.filter(value.any_of(lambda one: STATES[one][1]))

    def by_event(self, rows: Hooks, _name: str, value: Picked) -> Hooks:
        return rows.filter(value.any_of(lambda one: Q(events__contains=[one])))


class WebhookIndex(IndexPage[Webhook]):
    key = "webhooks"
    title = lazy("Webhooks")
    search_label = lazy("Name or address of a webhook")
    permission = "api.view_webhook"
    export_permission = "api.view_webhook"
    filterset_class = WebhookFilter
    columns = (
        Column(
            "name",
            lazy("Webhook"),
            lambda row: TwoLines(
                row.name, row.url, url=reverse("programs:webhook", args=[row.public_id])
            ),
            sort="name",
            card="title",
        ),
        Column("events", lazy("Tells of"), _events),
        Column("state", lazy("Status"), hook_status, card="aside"),
        Column(
            "delivered",
            lazy("Last delivery"),
            "delivered_at",
            sort="delivered",
            card_label=lazy("Last delivery"),
        ),
        Column(
            "created", lazy("Created"), "created_at", sort="created", default=False, card="hidden"
        ),
    )
    sorts = (
        Sort("name", lazy("Name"), "name", nullable=False),
        Sort("delivered", lazy("Last delivery"), "delivered_at", descending=True),
        Sort("created", lazy("Created"), "created_at", descending=True, nullable=False),
    )
    views = (
        View("all", lazy("All")),
        View("fails", lazy("Failing"), {"state": "fails"}),
        View("off", lazy("Switched off"), {"state": "off"}),
    )
    empty = EmptyState(
        lazy("No webhooks yet"),
        lazy("A webhook tells another system at once when a customer is created or changed."),
        icon="bolt",
    )

    def queryset(self) -> Hooks:
        return Webhook.objects.all()

    def search(self, rows: Hooks, text: str) -> Hooks:
        return rows.filter(Q(name__icontains=text) | Q(url__icontains=text))

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                _("New webhook"),
                reverse("programs:webhook_create"),
                "plus",
                style="primary",
                permission="api.add_webhook",
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s webhook", "%(n)s webhooks", count) % {"n": formats.number(count)}


class MessageFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("Status"), choices=WebhookMessage.State.choices)
    event = AnyOfFilter(label=lazy("Event"), choices=webhook_event_labels)
    when = WhenFilter(label=lazy("When"), field_name="created_at", is_nullable=False)

    class Meta:
        model = WebhookMessage
        fields: tuple[str, ...] = ()


def _state(message: WebhookMessage) -> Status:
    tries = ngettext("%(n)s try", "%(n)s tries", message.attempts) % {
        "n": formats.number(message.attempts)
    }
    return Status(TONES[message.state], message.get_state_display(), tries)


def _event(message: WebhookMessage) -> TwoLines:
    url = reverse("programs:message", args=[message.webhook.public_id, message.public_id])
    return TwoLines(event_label(message.event), message.event, url=url)


def _about(message: WebhookMessage) -> str:
    data = message.payload.get("data")
    return str(data.get("id", "")) if isinstance(data, dict) else ""


def _due(message: WebhookMessage) -> Any:
    waits = message.state == WebhookMessage.State.PENDING and message.webhook.disabled_at is None
    return message.due_at if waits else None


class MessageIndex(IndexPage[WebhookMessage]):
    """The log of one webhook."""

    key = "webhook_messages"
    search_label = lazy("Id of a message or of a customer")
    permission = "api.view_webhook"
    template_name = "programs/webhook.html"
    filterset_class = MessageFilter
    columns = (
        Column("event", lazy("Event"), _event, card="title"),
        Column("about", lazy("About"), _about, card="hidden"),
        Column("state", lazy("Status"), _state, card="aside"),
        Column("at", lazy("When"), "created_at", sort="at"),
        Column("due", lazy("Next try"), _due, card_label=lazy("Next try")),
    )
    sorts = (Sort("at", lazy("When"), "created_at", descending=True, nullable=False),)
    views = (
        View("all", lazy("All")),
        View("waiting", lazy("Waiting"), {"state": "pending"}),
        View("failed", lazy("Given up"), {"state": "failed"}),
    )
    empty = EmptyState(
        lazy("Nothing was sent yet"),
        lazy("Send a test: it shows whether the address answers and the signature is right."),
        icon="bolt",
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.webhook = webhook
        self.part = str(webhook.pk) if webhook else ""
        self.title = webhook.name if webhook else ""  # type: ignore[misc]

    def narrowed(self, params: QueryDict) -> Self:
        return type(self)(self.request, params=params, user=self.user, webhook=self.webhook)

    def queryset(self) -> Messages:
        rows = WebhookMessage.objects.select_related("webhook")
        return rows.filter(webhook=self.webhook) if self.webhook else rows.none()

    def search(self, rows: Messages, text: str) -> Messages:
        wanted = text.removeprefix("msg_")
        return rows.filter(Q(public_id__icontains=wanted) | Q(payload__data__id=wanted))

    def actions(self) -> Sequence[Action]:
        hook = self.webhook
        if hook is None:
            return ()
        url = "programs:webhook_" + ("enable" if hook.disabled_at else "disable")
        label = _("Switch on") if hook.disabled_at else _("Switch off")
        args = [hook.public_id]
        return (
            Action(label, reverse(url, args=args), method="post", permission=CHANGE),
            Action(
                _("New secret"), reverse("programs:webhook_rotate", args=args), permission=CHANGE
            ),
            Action(_("Edit"), reverse("programs:webhook_edit", args=args), permission=CHANGE),
            Action(
                _("Send a test"),
                reverse("programs:webhook_test", args=args),
                "send",
                style="primary",
                method="post",
                permission=CHANGE,
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s message", "%(n)s messages", count) % {"n": formats.number(count)}
