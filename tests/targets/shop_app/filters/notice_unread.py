"""A notification was sent and has not been opened: campaign, count, window on sending."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.inputs import Choice
from targets.parameters import CountParameter, NamesParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, either, phrase, times_words, window_words
from tests.targets.shop_app.tables import NOTICES

CAMPAIGNS = ("rebajas", "puntos")


def campaigns(catalog: Catalog) -> list[Choice]:
    """What the app looks up is looked up once a request."""
    return catalog.load("shop_campaigns", lambda: [Choice(one, one.title()) for one in CAMPAIGNS])


class NoticeUnread(EventFilter):
    id = "notice_unread"
    label = gettext_lazy("Notice not opened")
    section = "shop"
    facts = (NOTICES,)
    source = NOTICES
    moment = "sent_at"
    witness_columns = ("id", "campaign")
    parameters = (
        NamesParameter("campaign", campaigns, label=gettext_lazy("Notice of"), any_word="any"),
        CountParameter(),
        WindowParameter(),
    )

    def moments(self) -> tuple[str, ...]:
        return ("sent_at", "opened_at")

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        sent = window_sql("sent_at", values.get("window"), scope)
        unread = f"(opened_at IS NULL OR opened_at > {scope.now})"
        named = ""
        if "campaign" in values:
            named = f" AND campaign = ANY({scope.bind(values['campaign'], 'text[]')})"
        return Measure(f"{sent} AND {unread}{named}", **often(values.get("count")))

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        label = _("Notice of %(campaign)s") % {"campaign": row[1]}
        return Witness(kind="notice", id=row[0], label=label, at=row[-1])

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        asked = leaf.values.get("campaign")
        return phrase(
            _("were sent a notice %(campaign)s %(times)s %(when)s and did not open it"),
            campaign=_("of %(names)s") % {"names": either(asked)} if asked else "",
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = NoticeUnread()
