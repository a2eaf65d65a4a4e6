"""This app's boxes in the matrix of roles."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from config.kit import abilities
from config.kit.abilities import AbilityGroup, Power, Text, Thing, permissions_of

DATA = "customer customeremail customerphone externalid customvalue"
LABELS = "tagging categoryassignment address"


def _own(verbs: str, models: str) -> frozenset[str]:
    return permissions_of("customers", verbs, models)


def _thing(label: Text, model: str, verbs: str = "see add change delete") -> Thing:
    words = {"see": "view", "add": "add", "change": "change", "delete": "delete"}
    return Thing(label=label, rights={verb: _own(words[verb], model) for verb in verbs.split()})


PEOPLE: Mapping[str, Thing] = {
    "customers": Thing(
        label=_("Customers and their data"),
        rights={
            "see": _own("view", f"{DATA} {LABELS} activity emailmove"),
            "add": _own("add", DATA),
            "change": _own("change", DATA) | _own("add change delete", LABELS),
            "delete": _own("delete", DATA),
        },
    ),
    "notes": Thing(
        label=_("Notes"),
        rights={
            "see": _own("view", "note noterevision"),
            "add": _own("add", "note"),
            "change": _own("change", "note"),
            "delete": _own("delete", "note"),
        },
    ),
    "consent": Thing(
        label=_("Consent"),
        rights={
            "see": _own("view", "consentevent consentstate"),
            "add": _own("add", "consentevent"),
        },
    ),
    "consent_proof": Thing(
        label=_("Proof that consents are unchanged"), rights={"see": _own("view", "consentseal")}
    ),
    "policies": Thing(
        label=_("Privacy policy"),
        rights={
            "see": _own("view", "policyversion"),
            "change": _own("change", "policyversion"),
        },
    ),
    "suppressions": Thing(
        label=_("Blocked addresses"),
        rights={
            "see": _own("view", "suppression"),
            "add": _own("add", "suppression"),
            "delete": _own("change delete", "suppression"),
        },
    ),
    "tags": _thing(_("Tags"), "tag"),
    "categories": _thing(_("Categories"), "category"),
    "codes": _thing(_("Registration codes"), "registrationcode", "see add change"),
    "kinds": _thing(_("Own kinds of activity"), "ownactivitykind", "see add change"),
    "statistics": Thing(label=_("Statistics"), rights={"see": _own("view", "statistics")}),
    "fields": _thing(_("Custom fields"), "customfield"),
    "merges": Thing(
        label=_("Possible duplicates and merges"),
        rights={"see": _own("view", "duplicatepair merge")},
    ),
    "privacy_requests": _thing(_("Privacy requests"), "privacyrequest", "see add change"),
    "erasures": Thing(
        label=_("Erasures and legal holds"), rights={"see": _own("view", "erasure legalhold")}
    ),
    "imports": Thing(label=_("Imports"), rights={"see": _own("view", "importbatch importchange")}),
}
TEAM: Mapping[str, Thing] = {
    "staff": Thing(
        label=_("Staff and their sessions"),
        rights={
            "see": _own("view", "user session"),
            "add": _own("add", "user"),
            "change": _own("change", "user"),
        },
    ),
    "roles": _thing(_("Roles"), "staffrole"),
    "programs": Thing(
        label=_("Programs and their tokens"),
        rights={
            "see": permissions_of("api", "view", "apitoken"),
            "add": permissions_of("api", "add", "apitoken"),
            "delete": permissions_of("api", "delete", "apitoken"),
        },
    ),
    "webhooks": Thing(
        label=_("Webhooks and their log"),
        rights={
            "see": permissions_of("api", "view", "webhook webhookmessage webhookattempt"),
            "add": permissions_of("api", "add", "webhook"),
            "change": permissions_of("api", "change", "webhook"),
            "delete": permissions_of("api", "delete", "webhook"),
        },
    ),
}


def register_all() -> None:
    abilities.groups.register(
        "customers",
        AbilityGroup(
            label=_("Customers"),
            order=10,
            things=PEOPLE,
            powers={
                "import": Power(
                    label=_("Import customers from files"),
                    permissions=frozenset({"customers.import_customers"}),
                ),
                "record_rules": Power(
                    label=_("Set how records behave"),
                    permissions=frozenset({"customers.change_recordrules"}),
                ),
                "merge": Power(
                    label=_("Merge records, and undo it"),
                    permissions=frozenset({"customers.merge_customers"}),
                ),
                "move_emails": Power(
                    label=_("Move customers to another e-mail"),
                    permissions=frozenset({"customers.move_emails"}),
                ),
                "assign_passwords": Power(
                    label=_("Give customers a temporary password"),
                    permissions=frozenset({"customers.assign_passwords"}),
                ),
                "view_as": Power(
                    label=_("See the shop as a customer sees it"),
                    permissions=frozenset({"customers.view_as_customer"}),
                ),
                "disable": Power(
                    label=_("Disable customers for good, and let them in again"),
                    permissions=frozenset({"customers.disable_customers"}),
                ),
                "erase": Power(
                    label=_("Erase customers for good, and hold that up"),
                    permissions=frozenset({"customers.erase_customer"}),
                ),
                "publish_policy": Power(
                    label=_("Publish the privacy policy"),
                    permissions=frozenset({"customers.publish_policy"}),
                ),
                "export": Power(
                    label=_("Export customers to files"),
                    permissions=frozenset({"customers.export_customers"}),
                ),
            },
        ),
    )
    abilities.groups.register("team", AbilityGroup(label=_("Team"), order=90, things=TEAM))
