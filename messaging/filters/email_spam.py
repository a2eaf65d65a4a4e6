"""TG09: mails that the person reported as spam."""

from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import MailEvents
from targets.compiling.scope import Scope, window_sql


class EmailSpam(MailEvents):
    id = "email_spam"
    label = gettext_lazy("E-mail reported as spam")
    moment = "complained_at"
    sentence = gettext_lazy("reported %(mail)s as spam %(times)s %(when)s")

    @staticmethod
    def condition(values: dict[str, Any], scope: Scope) -> str:
        return window_sql("complained_at", values.get("window"), scope)


FILTER = EmailSpam()
