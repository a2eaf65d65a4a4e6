"""What the screens of messaging put into the menu, the search, the home page and other apps."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit import home, nav, search
from config.kit.nav import NavItem
from config.kit.pages import Action, Panel, formats
from customers import registry as customers
from customers.models import Customer
from messaging.backoffice import words
from messaging.backoffice.campaigns.cells import campaign_url
from messaging.backoffice.messages.letters import letter_action
from messaging.backoffice.person_log import messages_of
from messaging.backoffice.timeline import KINDS, describe, describe_letters
from messaging.models import Campaign, CampaignTarget
from messaging.selectors import screens
from targets import registry as targets
from targets.evidence import Witness
from targets.models import Target

nav.items.register(
    "campaigns",
    NavItem(
        section="messaging",
        label=_("Campaigns"),
        icon="send",
        url_name="messaging:campaign-list",
        go="a",
        badge=lambda _user: len(screens.campaigns_in_trouble()),
        permission="messaging.view_campaign",
        order=10,
    ),
)
nav.items.register(
    "messages",
    NavItem(
        section="messaging",
        label=_("Messages"),
        icon="mail",
        url_name="messaging:message-list",
        go="m",
        permission="messaging.view_delivery",
        order=20,
    ),
)
nav.items.register(
    "unsubscriptions",
    NavItem(
        section="messaging",
        label=_("Unsubscriptions"),
        icon="mail-off",
        url_name="messaging:unsubscription-list",
        go="u",
        permission="customers.view_consentstate",
        order=30,
    ),
)


def campaign_hits(text: str, limit: int) -> list[search.Hit]:
    rows = screens.campaigns_matching(Campaign.objects.order_by("-created_at"), text)
    return [_hit(one) for one in rows.defer("body", "text_body")[:limit]]


def recall_campaigns(keys: list[str]) -> list[search.Hit]:
    return [_hit(one) for one in screens.campaigns_recalled(keys)]


def _hit(campaign: Campaign) -> search.Hit:
    return search.Hit(
        title=campaign.name,
        detail=str(campaign.get_state_display()),
        url=campaign_url(campaign),
        key=str(campaign.public_id),
    )


nav.creations.register(
    "campaign",
    nav.Creation(
        label=_("New campaign"),
        icon="send",
        url_name="messaging:campaign-new",
        permission="messaging.add_campaign",
        order=30,
    ),
)


search.kinds.register(
    "campaigns",
    search.SearchKind(
        label=_("Campaigns"),
        icon="send",
        permission="messaging.view_campaign",
        find=campaign_hits,
        recall=recall_campaigns,
    ),
)

for key in ("email_opened", "email_clicked"):
    customers.counted_as.register(key, "interaction")
for key, kind in KINDS.items():
    customers.timeline.register(
        key,
        customers.ActivityKind(
            label=kind.label,
            icon=kind.icon,
            group="messages",
            describe=describe(kind),
            tone=kind.tone,
        ),
    )


customers.timeline.register(
    "letter_written",
    customers.ActivityKind(
        label=_("Mail written"), icon="mail", group="messages", describe=describe_letters
    ),
)
customers.record_actions.register("letter", customers.RecordAction(make=letter_action, order=20))
customers.panels.register(
    "messages",
    Panel(
        _("Messages"),
        "messaging/customer_messages.html",
        messages_of,
        permission="messaging.view_delivery",
        order=40,
    ),
)


def trouble(user: Any) -> list[home.Attention]:
    """Campaigns that stopped or stumble, with the reason in the sender's words."""
    return [
        home.Attention(
            icon="send",
            tone="danger" if one.state == Campaign.State.FAILED else "warning",
            title=gettext("“%(campaign)s” needs a look") % {"campaign": one.name},
            detail=one.state_reason or str(one.get_state_display()),
            url=campaign_url(one),
            verb=_("See the campaign"),
        )
        for one in screens.campaigns_in_trouble()
    ]


home.attention.register(
    "messaging.trouble",
    home.AttentionSource(find=trouble, permission="messaging.view_campaign", order=20),
)


def recent(user: Any) -> dict[str, Any] | None:
    campaigns = screens.campaigns_recent()
    if not campaigns:
        return None
    rows = [(one, words.campaign_status(one), _when(one)) for one in campaigns]
    return {"rows": rows}


def _when(campaign: Campaign) -> str:
    return formats.near_day(campaign.started_at or campaign.scheduled_at)


home.panels.register(
    "messaging.recent",
    home.PanelSource(
        title=_("Latest campaigns"),
        template="messaging/home_recent.html",
        context=recent,
        permission="messaging.view_campaign",
        order=30,
        url="/backoffice/campaigns/",
        url_label=_("All campaigns"),
    ),
)


WAITING = (Campaign.State.DRAFT, Campaign.State.SCHEDULED)
BEGUN = (Campaign.State.SENDING, Campaign.State.PAUSED)


def campaigns_with(target: Target) -> list[targets.Use]:
    """The campaigns that go to a target, or leave it out."""
    return [_use(one) for one in screens.uses_of_target(target.pk)]


def _use(chosen: CampaignTarget) -> targets.Use:
    campaign = chosen.campaign
    return targets.Use(
        label=campaign.name,
        kind=_("Campaign, leaves them out") if chosen.is_excluded else _("Campaign"),
        icon="send",
        url=campaign_url(campaign),
        state=str(campaign.get_state_display()),
        tone=words.CAMPAIGN_TONES.get(campaign.state, "neutral"),
        effect=_effect(chosen),
        follows=campaign.state in WAITING,
        permission="messaging.view_campaign",
    )


def _effect(chosen: CampaignTarget) -> str | Promise:
    """What an edit of the target's rule does to the campaign."""
    if chosen.campaign.state in BEGUN:
        return _("Has begun: its audience stays as it is.")
    if chosen.campaign.state not in WAITING:
        return ""
    if chosen.is_excluded:
        return _("Leaves out the people of the new rule when it starts.")
    return _("Goes to the people of the new rule when it starts.")


targets.usages.register("campaigns", campaigns_with)


def write_to(target: Target) -> Action:
    """A campaign to the people of a target."""
    return Action(
        _("Create campaign"),
        f"{reverse('messaging:campaign-new')}?{urlencode({'target': target.pk})}",
        icon="send",
        style="primary",
        permission="messaging.add_campaign",
    )


targets.record_actions.register("campaign", write_to)


def mail_url(witness: Witness, customer: Customer) -> str:
    """The page of the mail that decides in a target's rule."""
    return reverse("messaging:message", args=[witness.id]) if witness.id else ""


targets.witnesses.register(
    "delivery", targets.WitnessKind(permission="messaging.view_delivery", url=mail_url)
)
targets.happenings.register("messaging_delivery", _("a mail of theirs changed state"))
