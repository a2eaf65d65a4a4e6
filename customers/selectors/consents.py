"""What people said about being written to: choices, states, history with its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from customers.devices import device_label
from customers.models import ConsentEvent, ConsentState, Customer, Suppression, User
from customers.models.consent import Channel, ConsentValue
from customers.rules.phones import phone_display
from customers.selectors.merges import family_ids
from customers.services.consent import MARKETING

OFFERED: Final = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One line that a person may tick; ``wording`` is what they agree to, word for word."""

    channel: str
    purpose: str
    title: str
    wording: str
    address: str
    is_granted: bool
    since: datetime | None
    was_withdrawn: bool

    @property
    def name(self) -> str:
        return f"{self.channel}.{self.purpose}"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One line of the ledger, ready to be read; ``actor`` is empty when the person spoke."""

    event: ConsentEvent
    channel: str
    purpose: str
    value: str
    tone: str
    source: str
    actor: str
    device: str


def wording(channel: str, language: str) -> str:
    """The sentence that a person agrees to, in the language in which they read it."""
    site = {"site": settings.SITE_NAME}
    with translation.override(language):
        if channel == Channel.EMAIL:
            return _("I want to receive offers and news of %(site)s by e-mail.") % site
        if channel == Channel.SMS:
            return _("I want to receive offers and news of %(site)s by text message.") % site
        if channel == Channel.WHATSAPP:
            return _("I want to receive offers and news of %(site)s by WhatsApp.") % site
        if channel == Channel.PUSH:
            return _("I want to receive offers and news of %(site)s in this browser.") % site
        return _("I want to receive offers and news of %(site)s by post.") % site


def consent_choices(customer: Customer, language: str) -> list[Choice]:
    """What this person may choose: the channels that reach them, and all they ever spoke about."""
    held = {(one.channel, one.purpose): one for one in states_of(customer)}
    wanted = [(channel.value, MARKETING) for channel in OFFERED if _address(customer, channel)]
    pairs = [*wanted, *(pair for pair in sorted(held) if pair not in wanted)]
    return [_choice(customer, pair, held.get(pair), language) for pair in pairs]


def states_of(customer: Customer) -> list[ConsentState]:
    return list(ConsentState.objects.filter(customer=customer).order_by("channel", "purpose"))


def statements_of(customer: Customer) -> list[Statement]:
    """The whole history, that of merged records too, newest first."""
    events = list(
        ConsentEvent.objects.filter(customer__in=family_ids(customer)).order_by(
            "-occurred_at", "-id"
        )[:500]
    )
    staff = User.objects.in_bulk({one.actor_id for one in events if one.actor_id})
    return [_statement(one, staff) for one in events]


def statement_told(event: ConsentEvent) -> Statement:
    return _statement(event, User.objects.in_bulk([event.actor_id] if event.actor_id else []))


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When somebody last agreed, and last withdrew."""

    accepted_at: datetime | None = None
    cancelled_at: datetime | None = None


def consent_dates(ids: Sequence[int]) -> dict[tuple[int, str, str], Dates]:
    """By person, channel and purpose; what was said under a merged record counts too."""
    people = Customer.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    owners = {pk: into or pk for pk, into in people.values_list("pk", "merged_into_id")}
    said = (
        ConsentEvent.objects.filter(customer__in=list(owners))
        .values_list("customer_id", "channel", "purpose")
        .annotate(
            granted=Max("occurred_at", filter=Q(value=ConsentValue.GRANTED)),
            withdrawn=Max("occurred_at", filter=Q(value=ConsentValue.WITHDRAWN)),
        )
    )
    found: dict[tuple[int, str, str], Dates] = {}
    for customer_id, channel, purpose, granted, withdrawn in said:
        key = (owners[customer_id], channel, purpose)
        held = found.get(key, Dates())
        found[key] = Dates(
            accepted_at=_later(held.accepted_at, granted),
            cancelled_at=_later(held.cancelled_at, withdrawn),
        )
    return found


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at), default=None)


def level_label(level: str) -> str:
    """How sure a statement is."""
    known = {
        "single": _("Said once"),
        "confirmed": _("Confirmed by a link in a mail"),
        "unknown": _("Not known"),
    }
    return known.get(level, level)


def address_for(customer: Customer, channel: str) -> str:
    """Where this channel reaches the person today; empty when nowhere."""
    return _address(customer, Channel(channel))


def suppression_of(customer: Customer) -> Suppression | None:
    """The block on this person's e-mail address, if there is one."""
    if not customer.email_key:
        return None
    return Suppression.objects.filter(channel=Channel.EMAIL, address_key=customer.email_key).first()


def purpose_label(purpose: str) -> str:
    return _("Offers and news") if purpose == MARKETING else purpose


def source_label(source: str) -> str:
    """Where a statement came from, in words."""
    known = {
        "staff": _("Noted by staff"),
        "account": _("On their account page"),
        "unsubscribe": _("Unsubscribe link"),
        "import": _("Import"),
        "form": _("Form"),
        "checkout": _("Checkout"),
        "api": _("Another system"),
        "complaint": _("Reported as spam"),
    }
    return known.get(source, source)


def value_tone(value: str) -> str:
    return {ConsentValue.GRANTED: "ok", ConsentValue.PENDING: "warning"}.get(
        ConsentValue(value), "slate"
    )


def _choice(
    customer: Customer, pair: tuple[str, str], state: ConsentState | None, language: str
) -> Choice:
    channel, purpose = pair
    return Choice(
        channel=channel,
        purpose=purpose,
        title=_title(channel, purpose),
        wording=wording(channel, language),
        address=_address(customer, Channel(channel)),
        is_granted=state is not None and state.value == ConsentValue.GRANTED,
        since=state.since if state else None,
        was_withdrawn=state is not None and state.value == ConsentValue.WITHDRAWN,
    )


def _title(channel: str, purpose: str) -> str:
    if purpose != MARKETING:
        return f"{purpose} · {Channel(channel).label}"
    titles = {
        Channel.EMAIL: _("Offers and news by e-mail"),
        Channel.SMS: _("Offers and news by text message"),
        Channel.WHATSAPP: _("Offers and news by WhatsApp"),
        Channel.PUSH: _("Notifications in this browser"),
        Channel.POST: _("Offers and news by post"),
    }
    return titles[Channel(channel)]


def _address(customer: Customer, channel: Channel) -> str:
    if channel == Channel.EMAIL:
        return customer.email
    if channel in {Channel.SMS, Channel.WHATSAPP}:
        return phone_display(customer.phone) if customer.phone else ""
    return ""


def _statement(event: ConsentEvent, staff: dict[int, User]) -> Statement:
    by = staff.get(event.actor_id or 0)
    return Statement(
        event=event,
        channel=str(Channel(event.channel).label),
        purpose=purpose_label(event.purpose),
        value=str(ConsentValue(event.value).label),
        tone=value_tone(event.value),
        source=source_label(event.source),
        actor=str(by) if by is not None and event.source == "staff" else "",
        device=device_label(event.user_agent) if event.user_agent else "",
    )
