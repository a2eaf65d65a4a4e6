"""Ready-made conditions about mails, for the builder of rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from targets.presets import Preset, last_days, presets


def _mail(name: str, days: int) -> dict[str, Any]:
    return {"filter": name, "window": last_days(days)}


def register_all() -> None:
    presets.register(
        "opened",
        Preset(
            label=_("Opened a mail in the last %(n)s days"),
            section="mail",
            rule=lambda n: _mail("email_opened", n),
            start=30,
        ),
    )
    presets.register(
        "opened_not_clicked",
        Preset(
            label=_("Opened a mail and clicked none in the last %(n)s days"),
            section="mail",
            rule=lambda n: {"all": [_mail("email_opened", n), {"not": _mail("email_clicked", n)}]},
            start=30,
        ),
    )
    presets.register(
        "never_opened",
        Preset(
            label=_("Got mails and never opened one"),
            section="mail",
            rule=lambda _n: {
                "all": [{"filter": "email_delivered"}, {"not": {"filter": "email_opened"}}]
            },
        ),
    )
    presets.register(
        "silent",
        Preset(
            label=_("Got a mail and opened none in the last %(n)s days"),
            section="mail",
            rule=lambda n: {
                "all": [_mail("email_delivered", n), {"not": _mail("email_opened", n)}]
            },
            start=90,
        ),
    )
    presets.register(
        "bounced",
        Preset(
            label=_("A mail bounced in the last %(n)s days"),
            section="mail",
            rule=lambda n: _mail("email_bounced", n),
            start=30,
        ),
    )
