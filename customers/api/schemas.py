"""The shapes in which programs send and get people."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as noop
from pydantic import Field, StringConstraints

from config.kit.api.schema import Incoming, Outgoing

Line = Annotated[str, StringConstraints(max_length=500)]
TagName = Annotated[str, StringConstraints(max_length=80, min_length=1)]
Code = Annotated[str, StringConstraints(max_length=60, min_length=1)]
CustomValue = str | int | float | bool | None
Lifecycle = Literal["lead", "customer"]


class TagOut(Outgoing):
    id: int
    name: str


class CategoryOut(Outgoing):
    code: str
    name: str
    description: str


class CategoryRef(Outgoing):
    code: str
    name: str


class ExternalIdIn(Incoming):
    system: Annotated[str, StringConstraints(max_length=40, min_length=1)]
    value: Annotated[str, StringConstraints(max_length=120, min_length=1)]


class ExternalIdOut(Outgoing):
    system: str
    value: str


class AddressIn(Incoming):
    """The main address."""

    line1: Line
    line2: Line = ""
    district: Line = ""
    city: Line = ""
    region: Line = ""
    postal_code: Line = ""
    country: Line = ""


class AddressOut(Outgoing):
    label: str
    line1: str
    line2: str
    district: str
    city: str
    region: str
    postal_code: str
    country: str
    is_main: bool


class CustomerOut(Outgoing):
    """A person's record. ``birthday`` is ``YYYY-MM-DD``, or ``--MM-DD`` without a year."""

    id: UUID
    version: int = Field(description=noop("Send it back as If-Match to change the record."))
    lifecycle: Lifecycle
    status: Literal["active", "deactivated", "disabled"]
    status_until: datetime | None
    first_name: str
    last_name: str
    second_last_name: str
    full_name: str
    email: str
    further_emails: list[str]
    phone: str = Field(description=noop("E.164"))
    further_phones: list[str]
    id_type: str
    id_number: str
    gender: Literal["", "female", "male", "other"]
    birthday: str
    city: str
    country: str
    language: str
    time_zone: str
    custom: dict[str, CustomValue]
    tags: list[str]
    categories: list[CategoryRef]
    external_ids: list[ExternalIdOut]
    addresses: list[AddressOut]
    accepts_marketing: bool = Field(description=noop("Offers and news by e-mail, as it holds now."))
    marketing_accepted_at: datetime | None = Field(description=noop("When they last agreed."))
    marketing_cancelled_at: datetime | None = Field(description=noop("When they last withdrew."))
    source: str
    registration_code: str = Field(description=noop("By which code the person came."))
    sharing_code: str = Field(description=noop("The code that the person shares now."))
    referrals: int = Field(description=noop("How many people came by their codes."))
    registered_at: datetime
    verified_at: datetime | None
    last_login_at: datetime | None
    login_count: int
    created_at: datetime
    updated_at: datetime
    trashed_at: datetime | None


class CustomerPage(Outgoing):
    items: list[CustomerOut]
    next: str | None = Field(description=noop("Send it as `after` to get the next page."))
    previous: str | None = Field(description=noop("Send it as `before` to get the page before."))
    count: int | None = Field(description=noop("How many match, when `count=true` asked for it."))


class CustomerPatch(Incoming):
    """What is left out stays; ``null`` or an empty text clears a value.

    ``custom`` changes the fields that it names; ``categories`` (codes) replaces all of them.
    """

    first_name: Line | None = None
    last_name: Line | None = None
    second_last_name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    id_type: Line | None = None
    id_number: Line | None = None
    gender: Line | None = None
    birthday: Line | None = None
    city: Line | None = None
    country: Line | None = None
    language: Line | None = None
    time_zone: Line | None = None
    lifecycle: Lifecycle | None = None
    custom: Annotated[dict[str, CustomValue], Field(max_length=200)] = {}
    categories: Annotated[list[Code], Field(max_length=100)] | None = None
    address: AddressIn | None = None


class CustomerIn(CustomerPatch):
    """A new record. At least an e-mail, a phone, an ID number or an external id is needed."""

    tags: Annotated[list[TagName], Field(max_length=100)] = []
    registration_code: Annotated[str, StringConstraints(max_length=20)] = Field(
        "", description=noop("The code by which the person came, or that somebody shared.")
    )
    external_ids: Annotated[list[ExternalIdIn], Field(max_length=20)] = []


class CustomerQuery(Incoming):
    """The search and the filters of the list of customers; all given ones must hold."""

    q: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description=noop("As in the list: `%` stands for any letters.")
    )
    stage: Lifecycle | None = None
    status: list[Literal["active", "deactivated", "disabled"]] = []
    verified: Literal["yes", "no"] | None = None
    tag: list[str] = Field([], description=noop("Names; one of them is enough."))
    category: list[str] = Field([], description=noop("Codes; one of them is enough."))
    last_login: Literal["7", "30", "90", "not_30", "not_90", "never"] | None = None
    registered_after: str | None = Field(None, description=noop("A day, YYYY-MM-DD."))
    registered_before: str | None = Field(None, description=noop("A day, YYYY-MM-DD."))
    consent: Literal["granted", "withdrawn", "none"] | None = Field(
        None, description=noop("To marketing by e-mail.")
    )
    city: str | None = None
    source: str | None = None
    code: str | None = Field(
        None, description=noop("Who came by this code, or by any code of whom it belongs to.")
    )
    place: Literal["trash"] | None = None
    sort: Literal[
        "last_login", "-last_login", "registered", "-registered", "name", "-name",
        "logins", "-logins",
    ] = "-registered"  # fmt: skip
    limit: int = Field(50, ge=1, le=200)
    after: str = ""
    before: str = ""
    count: bool = False


class TagIn(Incoming):
    name: TagName
    color: int = Field(1, ge=1, le=5)


class TagNames(Incoming):
    names: Annotated[list[TagName], Field(min_length=1, max_length=100)]


class CategoryIn(Incoming):
    name: Annotated[str, StringConstraints(max_length=120, min_length=1)]
    code: Annotated[str, StringConstraints(max_length=60)] = ""
    description: Annotated[str, StringConstraints(max_length=2000)] = ""


class CategoryPatch(Incoming):
    name: Annotated[str, StringConstraints(max_length=120, min_length=1)]
    description: Annotated[str, StringConstraints(max_length=2000)] = ""


class CategoryCodes(Incoming):
    codes: Annotated[list[Code], Field(max_length=100)]
