"""What the filters about mails share: which campaigns, and counting over the two ledgers."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.models import Campaign
from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.inputs import Choice
from targets.parameters import CountParameter, NamesParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, either, phrase, times_words, window_words

# An open or a click that is not classed as a machine's.
KINDS = ("email_opened", "email_clicked")
OPENED_KINDS = "kind IN ('email_opened', 'email_clicked')"
OPENED_COLUMNS = ("object_id", "context_id")


def campaigns(catalog: Catalog) -> dict[str, Campaign]:
    """Every campaign by slug, the newest first."""
    return catalog.load(
        "campaigns",
        lambda: {one.slug: one for one in Campaign.objects.only("slug", "name").order_by("-pk")},
    )


def find_campaigns(catalog: Catalog) -> list[Choice]:
    return [Choice(slug, one.name) for slug, one in campaigns(catalog).items()]


CAMPAIGN = NamesParameter(
    "campaign", find_campaigns, label=gettext_lazy("Campaigns (none: any mail)"), any_word="any"
)


def campaign_condition(values: dict[str, Any], column: str, scope: Scope) -> str:
    """`` AND …`` for the campaigns that a leaf names; empty for any mail."""
    if "campaign" not in values:
        return ""
    known = campaigns(scope.catalog)
    ids = [known[slug].pk for slug in values["campaign"]]
    return f" AND {column} = ANY({scope.bind(ids, 'bigint[]')})"


def mail_name(campaign: int | None, catalog: Catalog) -> str:
    """The campaign's name, or that it was a mail of its own."""
    names = {one.pk: one.name for one in campaigns(catalog).values()}
    return names.get(campaign or 0) or _("Mail outside campaigns")


def campaign_words(values: dict[str, Any], catalog: Catalog) -> str:
    """ "“Sale” or “News”"; "any campaign"."""
    if "campaign" not in values:
        return str(_("any mail"))
    known = campaigns(catalog)
    names = [known[slug].name if slug in known else slug for slug in values["campaign"]]
    return either([_("“%(text)s”") % {"text": name} for name in names])


def opened_witness(row: tuple[Any, ...], catalog: Catalog) -> Witness:
    """The mail of an open or a click; some of long ago name none."""
    mail, campaign, at = row
    return Witness(kind="delivery", id=mail or 0, label=mail_name(campaign, catalog), at=at)


class MailEvents(EventFilter):
    """Mails to the person for which ``condition`` holds. Subclasses give it and the words.

    ``moment``: the column that the window is about.
    """

    section = "mail"
    facts = ("messaging_delivery",)
    parameters = (CAMPAIGN, CountParameter(), WindowParameter())
    source = "messaging_delivery"
    witness_columns = ("id", "campaign_id")
    sentence: str | Promise
    condition: Callable[[dict[str, Any], Scope], str]

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        return Measure(
            type(self).condition(values, scope) + campaign_condition(values, "campaign_id", scope),
            base="kind <> 'test'",
            **often(values.get("count")),
        )

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        pk, campaign, at = row
        return Witness(kind="delivery", id=pk, label=mail_name(campaign, catalog), at=at)

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return mail_phrase(str(self.sentence), leaf, catalog)


def mail_phrase(template: str, leaf: Leaf, catalog: Catalog) -> Phrase:
    return phrase(
        template,
        mail=campaign_words(leaf.values, catalog),
        times=times_words(leaf.values.get("count")),
        when=window_words(leaf.values.get("window")),
    )


def unopened(scope: Scope) -> str:
    """That a person had not opened the mail at the instant."""
    return (
        f"(opened_at IS NULL OR opened_at > {scope.now}) "
        f"AND (clicked_at IS NULL OR clicked_at > {scope.now})"
    )
