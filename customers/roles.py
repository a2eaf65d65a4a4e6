"""The six built-in roles of the staff: the permissions each has until somebody edits it.

A permission is ``app.codename``. Those of the apps above are named by their text, since this app
knows none of them. After each ``migrate`` the groups are brought in step: an unedited role follows
its default; an edited one keeps what it has, and of the permissions that are new since gets those
that its default gives; a shop's own role gets nothing by itself; the owner always has all.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import StaffRole

OWNER: Final = "owner"
OUR_APPS: Final = ("kit", "api", "customers", "targets", "messaging")


@dataclass(frozen=True, kw_only=True)
class Role:
    """``permissions`` None means all of them, those of later apps too."""

    label: str | Promise
    purpose: str | Promise
    permissions: frozenset[str] | None


def _grants(app: str, actions: str, models: str) -> set[str]:
    return {f"{app}.{action}_{model}" for action in actions.split() for model in models.split()}


PEOPLE = (
    "customer customeremail customerphone address externalid customvalue "
    "tag tagging category categoryassignment customfield note noterevision activity emailmove "
    "registrationcode ownactivitykind statistics"
)
CONSENT = "consentevent consentstate policyversion suppression"
MERGES = "merge duplicatepair"
RECORD = "customer customeremail customerphone address externalid customvalue"
TARGETS = "target targetversion membership membershipchange targetsize"
MAILS = "campaign campaigntarget campaigncontent link delivery"

READ: Final = (
    _grants("customers", "view", f"{PEOPLE} {CONSENT} {MERGES}")
    | _grants("targets", "view", TARGETS)
    | _grants("messaging", "view", MAILS)
)
KEEP_PEOPLE: Final = (
    _grants("customers", "add change", RECORD)
    | _grants("customers", "add change delete", "note tagging categoryassignment address")
    | {"customers.add_consentevent", "customers.merge_customers", "messaging.add_delivery"}
)
MARKETING: Final = (
    READ
    | KEEP_PEOPLE
    | _grants("customers", "add change delete", "tag category suppression")
    | _grants("customers", "add change", "registrationcode ownactivitykind")
    | {"customers.import_customers", "customers.export_customers"}
    | _grants("customers", "view", "importbatch importchange")
    | _grants("targets", "add change delete", "target")
    | _grants("messaging", "add change delete", "campaign")
    | {"messaging.send_campaign"}
)
AUDIT: Final = (
    READ
    | _grants("kit", "view", "auditentry auditvalues auditseal")
    | {"kit.check_invariants"}
    | _grants("customers", "view", "user session staffrole importbatch importchange consentseal")
    | _grants("customers", "view", "erasure legalhold privacyrequest")
    | _grants("api", "view", "apitoken webhook webhookmessage webhookattempt")
)

ROLES: Final[dict[str, Role]] = {
    OWNER: Role(
        label=_("Owner"),
        purpose=_("Answers for the shop. May everything, always."),
        permissions=None,
    ),
    "marketing": Role(
        label=_("Marketing"),
        purpose=_("Brings customers in, groups them and writes to them."),
        permissions=frozenset(MARKETING),
    ),
    "sales": Role(
        label=_("Sales"),
        purpose=_("Keeps the records of the customers it sells to."),
        permissions=frozenset(READ | KEEP_PEOPLE),
    ),
    "support": Role(
        label=_("Support"),
        purpose=_("Answers customers, and blocks addresses that ask for it."),
        permissions=frozenset(
            READ
            | KEEP_PEOPLE
            | {"customers.add_suppression", "customers.move_emails"}
            | _grants("customers", "view add change", "privacyrequest")
        ),
    ),
    "analyst": Role(
        label=_("Analyst"),
        purpose=_("Reads all about customers, targets and campaigns. Changes nothing."),
        permissions=frozenset(READ),
    ),
    "auditor": Role(
        label=_("Auditor"),
        purpose=_("Reads what an analyst reads, and who did what."),
        permissions=frozenset(AUDIT),
    ),
}


def known_permissions() -> dict[str, int]:
    """The permissions of our apps by their names, with their keys."""
    rows = Permission.objects.filter(content_type__app_label__in=OUR_APPS)
    return {
        f"{app}.{codename}": pk
        for app, codename, pk in rows.values_list("content_type__app_label", "codename", "pk")
    }


def default_permissions(key: str, known: frozenset[str]) -> frozenset[str]:
    wanted = ROLES[key].permissions
    return known if wanted is None else wanted & known


def roles_sync() -> None:
    """Bring the built-in roles in step with the permissions that there are now."""
    pks = known_permissions()
    known = frozenset(pks)
    for key in ROLES:
        group, _is_new = Group.objects.get_or_create(name=key)
        role, _is_new = StaffRole.objects.get_or_create(
            key=key, defaults={"group": group, "is_builtin": True}
        )
        wanted = default_permissions(key, known)
        if role.is_edited and key != OWNER:
            wanted = group_permissions(group) | (wanted - frozenset(role.offered))
        group_permissions_set(group, wanted, pks)
        if role.offered != sorted(known):
            role.offered = sorted(known)
            role.save(update_fields=["offered"])


def group_permissions(group: Group) -> frozenset[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{codename}" for app, codename in rows)


def group_permissions_set(group: Group, wanted: frozenset[str], pks: dict[str, int]) -> None:
    if group_permissions(group) != wanted:
        group.permissions.set([pks[name] for name in wanted if name in pks])


@receiver(post_migrate, dispatch_uid="customers.roles_sync")
def _sync_after_the_last_app(sender: AppConfig, **kwargs: Any) -> None:
    with_models = [one for one in apps.get_app_configs() if one.models_module is not None]
    # Half-way back through the migrations there are no roles yet.
    has_table = StaffRole._meta.db_table in connection.introspection.table_names()
    if sender == with_models[-1] and has_table:
        roles_sync()
