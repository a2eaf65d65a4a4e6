"""TG27: mails that came back."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents
from targets.compiling.scope import Scope, window_sql


class EmailBounced(MailEvents):
    id = "email_bounced"
    label = gettext_lazy("E-mail bounced")
    moment = "bounced_at"
    sentence = gettext_lazy("had %(mail)s bounce %(times)s %(when)s")

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        return window_sql("bounced_at", values.get("window"), scope)


FILTER = EmailBounced()
