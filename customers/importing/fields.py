"""What a column can become: fields of the record, and those that later parts will take.

Nothing here needs the database, so that the cleaning processes can do without it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.importing.words import WORDS

CUSTOM = "custom."
EXTERNAL = "external."
LATER = "later."
IGNORED = ""
OVERWRITE, CLEAR, FILL, SKIP = "overwrite", "clear", "fill", "skip"
POLICIES = {
    OVERWRITE: _("Replace the value"),
    CLEAR: _("Replace it; empty cells empty it"),
    FILL: _("Only where it is empty"),
    SKIP: _("Only new customers"),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """``words`` are folded names by which columns of this kind go in the world.

    ``is_key``: rows are recognised by it. ``policy``: for those who exist already, at first.
    """

    key: str
    group: str
    label: str | Promise
    words: str = ""
    is_key: bool = False
    policy: str = OVERWRITE

    @property
    def names(self) -> list[str]:
        return [name.strip() for name in self.words.split("|") if name.strip()]


def _record(key: str, label: Promise, *, policy: str = OVERWRITE, is_key: bool = False) -> Field:
    return Field(
        key=key, group="record", label=label, words=WORDS[key], policy=policy, is_key=is_key
    )


def _grouped(group: str, key: str, label: Promise) -> Field:
    return Field(key=key, group=group, label=label, words=WORDS[key])


GROUPS = {
    "record": _("Record"),
    "address": _("Address"),
    "classification": _("Tags, category, notes"),
    "external": _("Codes of other systems"),
    "custom": _("Custom fields"),
    "consent": _("Consent"),
    "later": _("Not imported yet"),
}
FIXED: tuple[Field, ...] = (
    _record("full_name", _("Full name")),
    _record("first_name", _("First name")),
    _record("last_name", _("Last name")),
    _record("second_last_name", _("Second last name")),
    _record("email", _("E-mail"), is_key=True),
    _record("phone", _("Phone")),
    _record("id_type", _("Type of ID")),
    _record("id_number", _("ID number")),
    _record("gender", _("Gender")),
    _record("birthday", _("Birthday")),
    _record("city", _("City")),
    _record("country", _("Country")),
    _record("language", _("Language")),
    _record("time_zone", _("Time zone")),
    _record("status", _("Status"), policy=SKIP),
    _record("lifecycle", _("Lead or customer"), policy=SKIP),
    _record("registered_at", _("Registration date"), policy=SKIP),
    _record("registration_code", _("Registration code"), policy=SKIP),
    _record("sharing_code", _("Sharing code"), policy=FILL),
    _record("public_id", _("Clientela code"), is_key=True),
    _grouped("address", "address.line1", _("Street and number")),
    _grouped("address", "address.line2", _("Apartment, office")),
    _grouped("address", "address.district", _("District")),
    _grouped("address", "address.city", _("City of the address")),
    _grouped("address", "address.region", _("Region")),
    _grouped("address", "address.postal_code", _("Postal code")),
    _grouped("address", "address.country", _("Country of the address")),
    _grouped("classification", "tags", _("Tags")),
    _grouped("classification", "categories", _("Category")),
    _grouped("classification", "note", _("Note")),
    _grouped("custom", "attributes", _("Several fields as JSON")),
    _grouped("consent", "consent.email", _("Agreed to e-mails")),
    _grouped("consent", "consent.sms", _("Agreed to SMS")),
    _grouped("consent", "consent.at", _("Agreed on")),
    _grouped("consent", "consent.ip", _("Agreed from (IP)")),
    _grouped("consent", "consent.confirmed_at", _("Confirmed on")),
    _grouped("consent", "consent.confirmed_ip", _("Confirmed from (IP)")),
    _grouped("consent", "consent.withdrawn_at", _("Unsubscribed on")),
    _grouped("consent", "consent.evidence", _("How they agreed")),
    _grouped("later", "later.points", _("Points")),
    _grouped("later", "later.level", _("Level")),
    _grouped("later", "later.orders", _("Number of orders")),
    _grouped("later", "later.spent", _("Total spent")),
    _grouped("later", "later.last_order", _("Last order")),
    _grouped("later", "later.company", _("Company")),
    _grouped("later", "later.tax_exempt", _("Tax exempt")),
    _grouped("later", "later.rating", _("Rating in Mailchimp")),
    _grouped("later", "later.aliases", _("Other e-mail addresses")),
    _grouped("later", "later.balance", _("Balance")),
)
BY_KEY = {field.key: field for field in FIXED}
# What an empty cell may empty; an address or a code is somebody's key, a status has its own ways.
CLEARABLE = frozenset(
    {
        "first_name",
        "last_name",
        "second_last_name",
        "phone",
        "id_number",
        "gender",
        "birthday",
        "city",
        "country",
        "language",
        "time_zone",
    }
)
# By what people are recognised beside their codes and e-mails.
AUTO, NUMBER, PHONE = "", "id_number", "phone"
MATCHES = {
    AUTO: _("Clientela code, e-mail, codes of other systems"),
    NUMBER: _("These, and else their ID number"),
    PHONE: _("These, and else their phone"),
}


def can_clear(key: str) -> bool:
    return key in CLEARABLE or key.startswith(CUSTOM)


SYSTEMS = {
    "shopify": "Shopify",
    "mailchimp": "Mailchimp",
    "listmonk": "listmonk",
    "tiendanube": "Tiendanube",
    "pos": "POS",
    "erp": "ERP",
    "other": "",
}


def code_label(system: str) -> str:
    """How the code that a person has in a system is called, as head of a column too."""
    name = SYSTEMS.get(system, system)
    return (
        gettext("Code in %(system)s") % {"system": name}
        if name
        else gettext("Code in another system")
    )
