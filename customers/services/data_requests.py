"""Asking a person for what is missing in their record.

1. Staff make a request: the fields that are missing now, good for some days. An earlier one that is
   open ends. The link is signed text with the request's number: nothing of it is kept.
2. By mail it goes where the gate lets it; as a QR code it is shown to a person at the counter.
3. The person fills in what is still missing; what has a value meanwhile is left alone. It counts as
   said by the customer, gives no consent and proves no e-mail. The link is used up.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from qrcode import QRCode
from qrcode.image.svg import SvgPathFillImage

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import AccountMailRequested
from customers.identity import email_key
from customers.models import Customer, CustomerEmail, DataRequest, User
from customers.selectors.completeness import askable, missing_fields
from customers.selectors.gate import TRANSACTIONAL, may_send
from customers.selectors.locks import record_rules
from customers.services.contact_points import address_save
from customers.services.profile import PROFILE, customer_update
from customers.services.trail import leave_trail

signer = signing.Signer(salt="customers.data_request")
MAIL: Final = "data_request"


@transaction.atomic
def data_request_create(
    *,
    customer: Customer,
    is_mailed: bool,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> DataRequest:
    """Make the link, and mail it if asked to.

    :raises DomainError: nothing is missing, or no mail may go to this person.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    fields = list(askable(held))
    if not fields:
        raise DomainError("nothing_missing", _("Nothing is missing that could be asked for."))
    _refuse_closed(held)
    if is_mailed and not may_send(held, channel="email", purpose=TRANSACTIONAL).allowed:
        raise DomainError("no_mail", _("No mail can go to this person. Show the QR code instead."))
    now = clock.now()
    _open_of(held).update(revoked_at=now)
    made = DataRequest.objects.create(
        customer=held,
        fields=fields,
        is_mailed=is_mailed,
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=record_rules().ask_days),
    )
    _tell(made, "data_requested", by=by, request=request, fields=fields)
    if is_mailed:
        emit(AccountMailRequested(kind=MAIL, customer_id=held.pk))
    return made


def _refuse_closed(customer: Customer) -> None:
    if not customer.is_live or customer.blocked_at is not None:
        raise DomainError("customer_closed", _("The data of this person is not to be changed."))


def _open_of(customer: Customer) -> Any:
    return DataRequest.objects.filter(
        customer=customer, used_at=None, revoked_at=None, expires_at__gt=clock.now()
    )


def open_request_of(customer: Customer) -> DataRequest | None:
    """The request whose link works now."""
    found: DataRequest | None = (
        _open_of(customer).select_related("created_by").order_by("-id").first()
    )
    return found


@transaction.atomic
def data_request_revoke(
    *, data_request: DataRequest, by: User | None = None, request: HttpRequest | None = None
) -> bool:
    """End a link; False when it does not work any more anyway."""
    if (
        not _open_of(data_request.customer)
        .filter(pk=data_request.pk)
        .update(revoked_at=clock.now())
    ):
        return False
    _tell(data_request, "data_request_revoked", by=by, request=request, fields=[])
    return True


def data_request_link(data_request: DataRequest) -> str:
    """The address that the person opens."""
    token = signer.sign(data_request.public_id.hex)
    return settings.SITE_URL + reverse("account:missing", args=[token])


def data_request_qr(data_request: DataRequest) -> bytes:
    """The link as an SVG picture for the person's camera."""
    code = QRCode(border=2, image_factory=SvgPathFillImage)
    code.add_data(data_request_link(data_request))
    return bytes(code.make_image().to_string())


def data_request_by_token(token: str) -> DataRequest | None:
    """The open request that a link leads to; None for a link that does not work any more."""
    try:
        public_id = UUID(signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    found = DataRequest.objects.select_related("customer").filter(public_id=public_id).first()
    return found if found is not None and _works(found) else None


def _works(found: DataRequest) -> bool:
    customer = found.customer
    is_open = found.used_at is None and found.revoked_at is None
    return (
        is_open
        and found.expires_at > clock.now()
        and customer.is_live
        and customer.blocked_at is None
    )


@transaction.atomic
def data_request_answer(
    *,
    data_request: DataRequest,
    profile: Mapping[str, Any],
    address: Mapping[str, str],
    request: HttpRequest | None = None,
) -> list[str]:
    """Write what the person says of what is still missing; returns those fields. Ends the link.

    An e-mail that leads to somebody else is not taken, and the person is not told whose it is:
    staff read it on the timeline.

    :raises DomainError: ``link_dead``; a value that cannot be used.
    """
    customer = Customer.objects.select_for_update().get(pk=data_request.customer_id)
    held = DataRequest.objects.select_for_update().get(pk=data_request.pk)
    held.customer = customer
    if not _works(held):
        raise DomainError("link_dead", _("This link does not work any more."))
    open_fields = missing_fields(customer, held.fields)
    said = {name: value for name, value in profile.items() if _is_of(name, open_fields)}
    said["custom"] = {
        key: value
        for key, value in profile.get("custom", {}).items()
        if f"custom.{key}" in open_fields and value is not None
    }
    is_taken = _is_taken(said.get("email", ""))
    if is_taken:
        said.pop("email")
    customer = customer_update(
        customer=customer,
        version=customer.version,
        profile=said,
        source="storefront",
        request=request,
    )
    if "address" in open_fields and address.get("line1"):
        address_save(customer=customer, values=address, is_main=True, request=request)
    still = missing_fields(Customer.objects.get(pk=customer.pk), open_fields)
    given = [name for name in open_fields if name not in still]
    held.used_at = clock.now()
    held.save(update_fields=["used_at"])
    _tell(held, "data_given", by=None, request=request, fields=given, is_taken=is_taken)
    return given


COLUMNS_OF: Final = {
    "birthday": ("birth_date", "birth_month", "birth_day"),
    "id_number": ("id_type", "id_number"),
}
_FIELD_OF: Final = {name: name for name in PROFILE} | {
    column: field for field, columns in COLUMNS_OF.items() for column in columns
}


def _is_of(column: str, fields: list[str]) -> bool:
    return _FIELD_OF.get(column) in fields


def _is_taken(address: str) -> bool:
    return bool(address) and CustomerEmail.objects.filter(address_key=email_key(address)).exists()


def _tell(
    data_request: DataRequest,
    verb: str,
    *,
    by: User | None,
    request: HttpRequest | None,
    fields: list[str],
    is_taken: bool = False,
) -> None:
    data = {"fields": fields} | ({"email_taken": True} if is_taken else {})
    leave_trail(
        data_request.customer,
        verb,
        by=by,
        request=request,
        data=data,
        kind=verb,
        activity={**data, "mailed": data_request.is_mailed},
        thing=("data_request", data_request.pk),
        origin="" if by or request else "system",
    )
