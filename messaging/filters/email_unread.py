"""TG07: mails that were delivered and not opened by a person; the window is on sending."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents, unopened
from targets.compiling.scope import Scope, window_sql


class EmailUnread(MailEvents):
    id = "email_unread"
    label = gettext_lazy("E-mail not read")
    moment = "sent_at"
    sentence = gettext_lazy("were delivered %(mail)s, sent %(times)s %(when)s, and did not open it")

    def moments(self) -> tuple[str, ...]:
        return ("sent_at", "delivered_at", "opened_at", "clicked_at")

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        sent = window_sql("sent_at", values.get("window"), scope)
        return f"{sent} AND delivered_at <= {scope.now} AND {unopened(scope)}"


FILTER = EmailUnread()
