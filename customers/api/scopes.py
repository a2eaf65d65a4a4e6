"""What a program may be allowed to do with people."""

from django.utils.translation import gettext_lazy as _

from config.kit.api.registry import Scope, scopes

SCOPES = (
    ("customers:read", _("Read customers"), "customers.view_customer"),
    ("customers:write", _("Create and change customers"), "customers.change_customer"),
    ("labels:read", _("Read tags and categories"), "customers.view_tag"),
    ("labels:write", _("Make and change tags and categories"), "customers.change_tag"),
    ("notes:read", _("Read notes"), "customers.view_note"),
    ("notes:write", _("Write notes"), "customers.add_note"),
    ("consents:read", _("Read consents"), "customers.view_consentevent"),
    ("consents:write", _("Record consents with their evidence"), "customers.add_consentevent"),
    ("imports:write", _("Import customers from files"), "customers.import_customers"),
    ("activity:write", _("Record activity"), "customers.change_customer"),
)


def register_all() -> None:
    for order, (key, label, permission) in enumerate(SCOPES, start=10):
        scopes.register(key, Scope(label=label, permission=permission, order=order))
