"""The six roles of the staff, as sets of permissions, and their Django groups.

A permission is ``app.codename``. Those of the apps above are named by their text, since this app
knows none of them. The groups are brought in step after each ``migrate``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OUR_APPS: Final = ("kit", "api", "customers", "targets", "messaging")


@dataclass(frozen=True, kw_only=True)
class Role:
    """``permissions`` None means all of them, those of later apps too."""

    label: str | Promise
    permissions: frozenset[str] | None
    rank: int


def _grants(app: str, actions: str, models: str) -> set[str]:
    return {f"{app}.{action}_{model}" for action in actions.split() for model in models.split()}


PEOPLE = (
    "customer customeremail customerphone address externalid customvalue "
    "tag tagging category categoryassignment customfield note noterevision activity"
)
CONSENT = "consentevent consentstate suppression"
RECORD = "customer customeremail customerphone address externalid customvalue"
TARGETS = "target targetversion membership membershipchange targetsize"
MAILS = "campaign campaigntarget campaigncontent link delivery"

READ: Final = (
    _grants("customers", "view", f"{PEOPLE} {CONSENT}")
    | _grants("targets", "view", TARGETS)
    | _grants("messaging", "view", MAILS)
    | _grants("kit", "view", "job joberror jobfile")
)
KEEP_PEOPLE: Final = (
    _grants("customers", "add change", RECORD)
    | _grants("customers", "add change delete", "note tagging categoryassignment address")
    | {"customers.add_consentevent"}
)
MARKETING: Final = (
    READ
    | KEEP_PEOPLE
    | _grants("customers", "add change delete", "tag category suppression")
    | {"customers.import_customers", "customers.export_customers", "customers.view_importbatch"}
    | _grants("targets", "add change delete", "target")
    | _grants("messaging", "add change delete", "campaign")
    | {"messaging.send_campaign"}
)
AUDIT: Final = (
    READ
    | _grants("kit", "view", "auditentry auditvalues auditseal")
    | _grants("customers", "view", "user session importbatch importchange consentseal")
    | _grants("api", "view", "apitoken")
)

ROLES: Final[dict[str, Role]] = {
    "owner": Role(label=_("Owner"), permissions=None, rank=100),
    "marketing": Role(label=_("Marketing"), permissions=frozenset(MARKETING), rank=50),
    "sales": Role(label=_("Sales"), permissions=frozenset(READ | KEEP_PEOPLE), rank=40),
    "support": Role(
        label=_("Support"),
        permissions=frozenset(READ | KEEP_PEOPLE | {"customers.add_suppression"}),
        rank=40,
    ),
    "analyst": Role(label=_("Analyst"), permissions=frozenset(READ), rank=20),
    "auditor": Role(label=_("Auditor"), permissions=frozenset(AUDIT), rank=20),
}


def roles_sync() -> None:
    """Give each group exactly the permissions of its role; those not made yet are left out."""
    known = {
        f"{one.content_type.app_label}.{one.codename}": one
        for one in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=OUR_APPS
        )
    }
    for name, role in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        wanted = known.keys() if role.permissions is None else role.permissions & known.keys()
        _set_permissions(group, [known[key].pk for key in wanted])


def _set_permissions(group: Group, wanted: Iterable[int]) -> None:
    held = set(group.permissions.values_list("pk", flat=True))
    if held != set(wanted):
        group.permissions.set(wanted)


@receiver(post_migrate, dispatch_uid="customers.roles_sync")
def _sync_after_the_last_app(sender: AppConfig, **kwargs: Any) -> None:
    with_models = [one for one in apps.get_app_configs() if one.models_module is not None]
    if sender == with_models[-1]:
        roles_sync()
