"""TG06: mails that the receiving server accepted."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents
from targets.catalog import Catalog
from targets.compiling.edges import Edge, window_edges
from targets.compiling.scope import Scope, window_sql
from targets.rules.tree import Leaf


class EmailDelivered(MailEvents):
    id = "email_delivered"
    label = gettext_lazy("E-mail delivered")
    moment = "delivered_at"
    sentence = gettext_lazy("were delivered %(mail)s %(times)s %(when)s")

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        """Nearly always a mail is delivered when it is sent: the others have an index apart."""
        window, apart = leaf.values.get("window"), "delivered_at IS DISTINCT FROM sent_at"
        return [
            *window_edges("messaging_delivery", "sent_at", window),
            *window_edges("messaging_delivery", "delivered_at", window, apart),
        ]

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        return window_sql("delivered_at", values.get("window"), scope)


FILTER = EmailDelivered()
