"""This app's places in the menu, the global search and the home page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit import nav, search
from config.kit.errors import DomainError
from config.kit.nav import NavItem
from config.kit.search import Hit, SearchKind
from customers.backoffice.imports.index import state_label
from customers.models import Customer
from customers.rules.phones import phone_display
from customers.selectors.customers import customers_found, customers_recalled
from customers.selectors.imports import imports_found

VIEW = "customers.view_customer"
IMPORT = "customers.import_customers"
CREATIONS = (
    ("customer", _("New customer"), "user-plus", "customers:create", "customers.add_customer"),
    ("import", _("Import customers"), "file-import", "imports:upload", IMPORT),
    (
        "export",
        _("Export customers"),
        "file-export",
        "imports:export",
        "customers.export_customers",
    ),
    ("tag", _("New tag"), "tag", "customers:tag_create", "customers.add_tag"),
)

SETTINGS = (
    ("tags", _("Tags"), "tag", "customers:tags", "customers.view_tag"),
    (
        "categories",
        _("Categories"),
        "category",
        "customers:categories",
        "customers.view_category",
    ),
    (
        "registration_codes",
        _("Registration codes"),
        "ticket",
        "customers:codes",
        "customers.view_registrationcode",
    ),
    (
        "custom_fields",
        _("Custom fields"),
        "forms",
        "customers:custom_fields",
        "customers.view_customfield",
    ),
    (
        "activity_kinds",
        _("Own kinds of activity"),
        "activity",
        "customers:activity_kinds",
        "customers.view_ownactivitykind",
    ),
    (
        "duplicates",
        _("Possible duplicates"),
        "git-merge",
        "customers:duplicates",
        "customers.view_duplicatepair",
    ),
    (
        "policies",
        _("Privacy policy"),
        "file-text",
        "customers:policies",
        "customers.view_policyversion",
    ),
    (
        "privacy_requests",
        _("Privacy requests"),
        "scale",
        "customers:requests",
        "customers.view_privacyrequest",
    ),
    (
        "erasures",
        _("Erasures"),
        "shield-lock",
        "customers:erasures",
        "customers.view_erasure",
    ),
    (
        "retention",
        _("Retention"),
        "hourglass",
        "customers:retention",
        "customers.view_erasure",
    ),
    (
        "record_rules",
        _("Rules of the records"),
        "adjustments-horizontal",
        "customers:record_rules",
        "customers.change_recordrules",
    ),
    ("staff", _("Staff"), "users-group", "staff:people", "customers.view_user"),
    ("programs", _("Programs"), "plug", "programs:tokens", "api.view_apitoken"),
    ("webhooks", _("Webhooks"), "bolt", "programs:webhooks", "api.view_webhook"),
    ("roles", _("Roles"), "user-shield", "staff:roles", "customers.view_staffrole"),
)


def _find(text: str, limit: int) -> list[Hit]:
    try:
        found = customers_found(text, limit)
    except DomainError:
        return []
    return [_hit(one) for one in found]


def _hit(customer: Customer) -> Hit:
    return Hit(
        title=str(customer),
        detail=customer.email or phone_display(customer.phone),
        url=reverse("customers:record", args=[customer.public_id]),
        key=str(customer.public_id),
    )


def _recall(keys: list[str]) -> list[Hit]:
    return [_hit(one) for one in customers_recalled(keys)]


def _find_imports(text: str, limit: int) -> list[Hit]:
    return [
        Hit(
            title=one.file_name,
            detail=state_label(one),
            url=reverse("imports:detail", args=[one.public_id]),
        )
        for one in imports_found(text, limit)
    ]


def register_all() -> None:
    """Fill the slots of the kit."""
    nav.items.register(
        "customers",
        NavItem(
            section="people",
            label=_("Customers"),
            icon="users",
            url_name="customers:list",
            go="c",
            permission=VIEW,
            order=10,
        ),
    )
    nav.items.register(
        "customer_statistics",
        NavItem(
            section="people",
            label=_("Statistics"),
            icon="chart-line",
            url_name="customers:statistics",
            permission="customers.view_statistics",
            order=40,
        ),
    )
    for order, (key, label, icon, url_name, permission) in enumerate(SETTINGS, start=10):
        nav.items.register(
            key,
            NavItem(
                section="settings",
                label=label,
                icon=icon,
                url_name=url_name,
                permission=permission,
                order=order,
            ),
        )
    for order, (key, label, icon, url_name, permission) in enumerate(CREATIONS, start=10):
        nav.creations.register(
            key,
            nav.Creation(
                label=label, icon=icon, url_name=url_name, permission=permission, order=order
            ),
        )
    _register_search()


def _register_search() -> None:
    search.kinds.register(
        "customers",
        SearchKind(label=_("Customers"), icon="users", permission=VIEW, find=_find, recall=_recall),
    )
    search.kinds.register(
        "imports",
        SearchKind(label=_("Imports"), icon="file-import", permission=IMPORT, find=_find_imports),
    )
