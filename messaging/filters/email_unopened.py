"""TG08: mails that were sent, delivered or not, and not opened by a person."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents, unopened
from targets.compiling.scope import Scope, window_sql


class EmailUnopened(MailEvents):
    id = "email_unopened"
    label = gettext_lazy("E-mail not opened")
    moment = "sent_at"
    sentence = gettext_lazy("were sent %(mail)s %(times)s %(when)s and did not open it")

    def moments(self) -> tuple[str, ...]:
        return ("sent_at", "opened_at", "clicked_at")

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        sent = window_sql("sent_at", values.get("window"), scope)
        return f"{sent} AND {unopened(scope)}"


FILTER = EmailUnopened()
