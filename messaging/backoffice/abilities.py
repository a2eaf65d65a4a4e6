"""This app's boxes in the matrix of roles."""

from django.utils.translation import gettext_lazy as _

from config.kit import abilities
from config.kit.abilities import AbilityGroup, Power, Thing, permissions_of


def _own(verb: str, models: str) -> frozenset[str]:
    return permissions_of("messaging", verb, models)


def register_all() -> None:
    rights = {"see": _own("view", "campaign campaigntarget campaigncontent link")}
    for verb in ("add", "change", "delete"):
        rights[verb] = _own(verb, "campaign")
    abilities.groups.register(
        "messaging",
        AbilityGroup(
            label=_("Messaging"),
            order=30,
            things={
                "campaigns": Thing(label=_("Campaigns and their figures"), rights=rights),
                "messages": Thing(
                    label=_("Messages, person by person"),
                    rights={"see": _own("view", "delivery"), "add": _own("add", "delivery")},
                ),
            },
            powers={
                "send": Power(
                    label=_("Send campaigns"),
                    permissions=frozenset({"messaging.send_campaign"}),
                )
            },
        ),
    )
