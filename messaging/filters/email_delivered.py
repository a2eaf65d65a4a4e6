"""TG06: mails that the receiving server accepted."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents
from targets.compiling.scope import Scope, window_sql


class EmailDelivered(MailEvents):
    id = "email_delivered"
    label = gettext_lazy("E-mail delivered")
    sentence = gettext_lazy("were delivered %(mail)s %(times)s %(when)s")

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        return window_sql("delivered_at", values.get("window"), scope)


FILTER = EmailDelivered()
