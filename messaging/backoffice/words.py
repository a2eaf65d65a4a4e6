"""How states of campaigns and deliveries look: words, tones, icons."""

from django.utils.translation import gettext_lazy as _

from config.kit.pages import Badge, Status
from config.kit.pages.pieces import Text, Tone
from messaging.models import Campaign, Delivery

CAMPAIGN_TONES: dict[str, Tone] = {
    Campaign.State.DRAFT: "copper",
    Campaign.State.SCHEDULED: "plum",
    Campaign.State.SENDING: "info",
    Campaign.State.PAUSED: "warning",
    Campaign.State.FINISHED: "ok",
    Campaign.State.CANCELLED: "neutral",
    Campaign.State.FAILED: "danger",
}
DELIVERY_TONES: dict[str, Tone] = {
    Delivery.State.PENDING: "neutral",
    Delivery.State.IN_FLIGHT: "info",
    Delivery.State.ACCEPTED: "ok",
    Delivery.State.REJECTED: "danger",
    Delivery.State.BOUNCED: "danger",
    Delivery.State.UNKNOWN: "warning",
    Delivery.State.SKIPPED: "slate",
    Delivery.State.CANCELLED: "neutral",
}
SOURCES: dict[str, Text] = {
    "unsubscribe": _("Link in a mail"),
    "unsubscribe_link": _("Link in a mail"),
    "account": _("Their account"),
    "staff": _("Staff"),
    "import": _("Import"),
    "complaint": _("Spam report"),
    "seed": _("Demo data"),
}
REASONS: dict[str, Text] = dict(Delivery.Reason.choices)


def campaign_badge(campaign: Campaign) -> Badge:
    return Badge(CAMPAIGN_TONES.get(campaign.state, "neutral"), campaign.get_state_display())


def campaign_status(campaign: Campaign) -> Status:
    tone = CAMPAIGN_TONES.get(campaign.state, "neutral")
    return Status(tone, campaign.get_state_display(), campaign.state_reason, "warning")


def reason_text(reason: str) -> Text:
    return REASONS.get(reason, reason)


def delivery_status(delivery: Delivery) -> Status:
    """The state, and below it why."""
    tone = DELIVERY_TONES.get(delivery.state, "neutral")
    return Status(tone, delivery.get_state_display(), delivery_why(delivery))


def delivery_why(delivery: Delivery) -> Text:
    """Why nothing was sent, or what the server said when it was no plain yes."""
    if delivery.reason:
        return reason_text(delivery.reason)
    if delivery.state in (Delivery.State.REJECTED, Delivery.State.BOUNCED):
        return delivery.reply
    if delivery.state == Delivery.State.UNKNOWN:
        return _("The connection broke before the server confirmed.")
    return ""


def source_text(source: str) -> Text:
    return SOURCES.get(source, source)
