"""This app's boxes in the matrix of roles."""

from django.utils.translation import gettext_lazy as _

from config.kit import abilities
from config.kit.abilities import AbilityGroup, Thing, permissions_of

SEEN = "target targetversion membership membershipchange targetsize"


def register_all() -> None:
    rights = {"see": permissions_of("targets", "view", SEEN)}
    for verb in ("add", "change", "delete"):
        rights[verb] = permissions_of("targets", verb, "target")
    abilities.groups.register(
        "targets",
        AbilityGroup(
            label=_("Targets"),
            order=20,
            things={"targets": Thing(label=_("Targets and their members"), rights=rights)},
        ),
    )
