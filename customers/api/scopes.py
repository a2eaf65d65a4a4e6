"""What a program may be allowed to do with people."""

from django.utils.translation import gettext_lazy as _

from config.kit.api.registry import Scope, scopes

SCOPES = (
    ("customers:read", _("Read customers"), "customers.view_customer"),
    ("customers:write", _("Create and change customers"), "customers.change_customer"),
    ("labels:read", _("Read tags and categories"), "customers.view_tag"),
    ("labels:write", _("Make and change tags and categories"), "customers.change_tag"),
)


def register_all() -> None:
    for order, (key, label, permission) in enumerate(SCOPES, start=10):
        scopes.register(key, Scope(label=label, permission=permission, order=order))
