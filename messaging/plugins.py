"""What this app plugs into the registries of the layers below."""

from django.utils.translation import gettext_lazy as _

from config.kit import benching
from config.kit.benching import MeasuredList
from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from messaging import invariants, merging, presets, privacy, retention
from messaging.backoffice import abilities, email_checks, home, invariant_words, trail_words
from messaging.backoffice.messages import bulk_letters
from messaging.seeding import seed_campaigns
from messaging.services.audience import CHANNEL, INVALID, PLAUSIBLE
from targets.registry import Sender, register_filters, senders

ledgers.register("messaging_delivery", "created_at")
seeders.register("campaigns", seed_campaigns)
register_filters("messaging.filters")
senders.register(
    CHANNEL,
    Sender(
        refusal=f"CASE WHEN person.email !~ %(plausible)s THEN '{INVALID}' ELSE '' END",
        params={"plausible": PLAUSIBLE},
        words={INVALID: _("With an address that cannot exist")},
    ),
)
presets.register_all()
trail_words.register_all()
home.register_all()
invariant_words.register_all()
email_checks.register_all()
abilities.register_all()
bulk_letters.register_all()
merging.register_all()
privacy.register_all()
retention.register_all()
benching.burdens.register("mails", "messaging.benchmarks.settling.Settlement")
benching.suites.register("campaign", "messaging.benchmarks.campaigns.bench_campaign")
LISTS = {
    "campaigns": MeasuredList(
        url_name="messaging:campaign-list",
        index="messaging.backoffice.campaigns.index.CampaignIndex",
        searches={"frequent": "novedades", "rare": "enero", "short": "no"},
    ),
    "messages": MeasuredList(
        url_name="messaging:message-list",
        index="messaging.backoffice.messages.index.MessageIndex",
        searches={
            "frequent": "%gonz",
            "rare": "xabier irarrazaval",
            "short": "an",
        },
    ),
    "unsubscriptions": MeasuredList(
        url_name="messaging:unsubscription-list",
        index="messaging.backoffice.unsubscriptions.index.UnsubscriptionIndex",
        searches={"frequent": "%gonz", "rare": "xabier irarrazaval", "short": "an"},
    ),
    "suppressions": MeasuredList(
        url_name="messaging:suppression-list",
        index="messaging.backoffice.unsubscriptions.index.SuppressionIndex",
        searches={"frequent": "correo", "rare": "xabier.irarr", "short": "an"},
    ),
}
for key, one in LISTS.items():
    benching.lists.register(key, one)

__all__ = ["invariants"]
