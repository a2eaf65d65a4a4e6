"""Codes by which people come: those of shops, staff and campaigns, and those that people share."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.models import Category, Customer, RegistrationCode, User
from customers.rules.profile import clean_text
from customers.rules.registration_codes import new_code
from customers.selectors.codes import code_last_day, code_link
from customers.services.trail import leave_trail

# A code that was replaced still leads to its person for as long.
GRACE: Final = timedelta(days=90)
YEARS: Final = (2000, 2199)
ORIGINS: Final = ("shop", "campaign", "staff", "other")
TRIES: Final = 5


# Codes of shops, staff and campaigns


def registration_code_values(code: RegistrationCode) -> dict[str, str]:
    """What its form shows."""
    last = code_last_day(code)
    return {
        "name": code.name,
        "origin": code.origin,
        "category": str(code.category_id or ""),
        "most_uses": str(code.most_uses or ""),
        "last_day": last.isoformat() if last else "",
    }


@transaction.atomic
def registration_code_save(
    *,
    name: str,
    origin: str,
    category: Category | None = None,
    most_uses: int | None = None,
    last_day: date | None = None,
    code: RegistrationCode | None = None,
    seen: Mapping[str, str] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> RegistrationCode:
    """Make a code, or change what it is called and when it ends; the code itself stays.

    :raises DomainError: the name is missing, the origin or category is none for a code, the
        last day is out of range;
        ``version_conflict`` when it does not look as ``seen`` any more.
    """
    row = _held(code, seen) if code else RegistrationCode(code=_free_code(), created_by=by)
    row.name = clean_text(name, limit=80, field="name")
    if not row.name:
        raise DomainError("code_without_name", _("Say where it is given."), field="name")
    if origin not in ORIGINS:
        raise DomainError("origin_unknown", _("Choose where it is given."), field="origin")
    if category is not None and category.is_filled:
        raise DomainError(
            "category_is_filled",
            _("“%(name)s” fills itself; nobody gives it by hand.") % {"name": category.name},
            field="category",
        )
    if last_day is not None and not YEARS[0] <= last_day.year <= YEARS[1]:
        raise DomainError(
            "day_out_of_range",
            _("Choose a day from %(first)s to %(last)s.") % {"first": YEARS[0], "last": YEARS[1]},
            field="last_day",
        )
    row.origin, row.category = origin, category
    row.most_uses, row.valid_until = most_uses, _end_of(last_day)
    row.save()
    _tell("saved", row, by, request)
    return row


def _end_of(day: date | None) -> datetime | None:
    """The first instant of the day after, at the site."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock.site_zone())


def _held(code: RegistrationCode, seen: Mapping[str, str] | None) -> RegistrationCode:
    row = RegistrationCode.objects.select_for_update().get(pk=code.pk, customer=None)
    if seen is not None and registration_code_values(row) != dict(seen):
        raise DomainError("version_conflict", _("Somebody else changed this code meanwhile."))
    return row


@transaction.atomic
def registration_code_switch(
    *,
    code: RegistrationCode,
    is_open: bool,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Revoke a code, or let people come by it again; False when it is so already."""
    row = RegistrationCode.objects.select_for_update().get(pk=code.pk, customer=None)
    if (row.revoked_at is None) == is_open:
        return False
    row.revoked_at = None if is_open else clock.now()
    row.save(update_fields=["revoked_at"])
    _tell("restored" if is_open else "revoked", row, by, request)
    return True


def _tell(verb: str, code: RegistrationCode, by: User | None, request: HttpRequest | None) -> None:
    audit.record(
        f"customers.code.{verb}",
        actor=by,
        subject=code,
        data={"code": code.code, "name": code.name},
        request=request,
    )


def code_qr(code: RegistrationCode) -> bytes:
    """The link of a code as an SVG picture, for a poster or the counter."""
    picture = QRCode(border=2, image_factory=SvgPathFillImage)
    picture.add_data(code_link(code))
    return bytes(picture.make_image().to_string())


# The code that a person shares


@transaction.atomic
def sharing_code_make(
    *, customer: Customer, by: User | None = None, request: HttpRequest | None = None
) -> RegistrationCode:
    """The code of this person; a new one takes the place of the present one.

    The code before leads to them for 90 days more.

    :raises DomainError: the record is not live.
    """
    held = _locked(customer)
    now = clock.now()
    before = RegistrationCode.objects.filter(customer=held, is_current=True)
    was_replaced = before.update(is_current=False, valid_until=now + GRACE)
    made = RegistrationCode(
        code=_free_code(), origin="customer", customer=held, is_current=True, created_by=by
    )
    made.save()
    verb = "sharing_code_replaced" if was_replaced else "sharing_code_made"
    leave_trail(held, verb, by=by, request=request, data={"code": made.code})
    return made


@transaction.atomic
def sharing_code_revoke(
    *, customer: Customer, by: User | None = None, request: HttpRequest | None = None
) -> int:
    """No code of this person leads anybody to them any more; returns how many were revoked."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    codes = RegistrationCode.objects.filter(customer=held, revoked_at=None)
    revoked = codes.update(is_current=False, revoked_at=clock.now())
    if revoked:
        leave_trail(held, "sharing_code_revoked", by=by, request=request, data={"codes": revoked})
    return revoked


def _locked(customer: Customer) -> Customer:
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if not held.is_live or held.blocked_at is not None:
        raise DomainError("record_closed", _("This record is closed."))
    return held


def _free_code() -> str:
    for _try in range(TRIES):
        code = new_code()
        if not RegistrationCode.objects.filter(code=code).exists():
            return code
    raise DomainError("no_free_code", _("No code is free. Try again."))
