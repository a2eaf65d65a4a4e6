"""The kit's boxes in the matrix of roles."""

from django.utils.translation import gettext_lazy as _

from config.kit import abilities
from config.kit.abilities import AbilityGroup, Power, Thing, permissions_of


def register_all() -> None:
    abilities.groups.register(
        "work",
        AbilityGroup(
            label=_("Work and its trail"),
            order=80,
            things={
                "jobs": Thing(
                    label=_("Jobs of all colleagues"),
                    rights={"see": permissions_of("kit", "change", "job")},
                ),
                "views": Thing(
                    label=_("Shared views of lists"),
                    rights={"change": permissions_of("kit", "change", "savedview")},
                ),
                "trail": Thing(
                    label=_("Audit trail"),
                    rights={"see": permissions_of("kit", "view", "auditentry auditseal")},
                ),
            },
            powers={
                "invariants": Power(
                    label=_("Check what must always hold"),
                    permissions=frozenset({"kit.check_invariants"}),
                ),
                "values": Power(
                    label=_("Personal values in the audit trail"),
                    permissions=permissions_of("kit", "view", "auditvalues"),
                ),
            },
        ),
    )
