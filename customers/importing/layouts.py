"""Export files of well-known systems: by which columns they are recognised, what these mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from customers.importing.fields import EXTERNAL, IGNORED


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``marks``: folded headers that are all there. ``fields``: what other headers' words miss.

    ``agreed_by``: the column by which a person agreed to mails; ``is_all_subscribed``: being in
    such a file says that a person did, as far as the columns of proof bear it out.
    """

    key: str
    name: str
    marks: frozenset[str]
    fields: Mapping[str, str]
    date_order: str = ""
    decimal: str = ""
    is_all_subscribed: bool = False
    ignored: frozenset[str] = field(default_factory=frozenset)

    def field_of(self, header: str) -> str | None:
        if header in self.ignored:
            return IGNORED
        return self.fields.get(header)


def _marks(*headers: str) -> frozenset[str]:
    return frozenset(headers)


LAYOUTS = (
    Layout(
        key="clientela",
        name="Clientela",
        marks=_marks("clientela code"),
        fields={},
        date_order="ymd",
        decimal=".",
    ),
    Layout(
        key="clientela",
        name="Clientela",
        marks=_marks("codigo de clientela"),
        fields={},
        date_order="ymd",
        decimal=".",
    ),
    Layout(
        key="shopify",
        name="Shopify",
        marks=_marks("first name", "accepts email marketing", "default address city"),
        fields={
            "customer id": EXTERNAL + "shopify",
            "default address company": "later.company",
            "default address address1": "address.line1",
            "default address address2": "address.line2",
            "default address city": "address.city",
            "default address province code": "address.region",
            "default address country code": "address.country",
            "default address zip": "address.postal_code",
            "default address phone": IGNORED,
        },
    ),
    Layout(
        key="mailchimp",
        name="Mailchimp",
        marks=_marks("email address", "optin_time", "leid"),
        fields={
            "leid": EXTERNAL + "mailchimp",
            "euid": IGNORED,
            "last_changed": IGNORED,
            "birthday": "birthday",
        },
        date_order="mdy",
        is_all_subscribed=True,
    ),
    Layout(
        key="listmonk",
        name="listmonk",
        marks=_marks("email", "name", "attributes"),
        fields={"uuid": EXTERNAL + "listmonk", "name": "full_name", "status": "consent.email"},
    ),
    Layout(
        key="tiendanube",
        name="Tiendanube",
        marks=_marks("nombre", "email", "dni / cuit", "cantidad de compras"),
        fields={"nombre": "full_name"},
        date_order="dmy",
    ),
    Layout(
        key="pos",
        name="POS",
        marks=_marks("external id", "id number", "registration date"),
        fields={"external id": EXTERNAL + "pos", "name": "first_name"},
    ),
)


def layout_of(headers: list[str]) -> Layout | None:
    """The first known layout whose marks are all among the folded headers."""
    present = frozenset(headers)
    return next((one for one in LAYOUTS if one.marks <= present), None)
