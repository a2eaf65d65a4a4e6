"""Making and changing a person's record."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.events import CustomerCreated
from customers.identity import email_key
from customers.models import Customer, CustomerEmail, CustomField, ExternalId, User
from customers.privacy.blocklist import refuse_erased
from customers.rules.custom_values import clean_custom
from customers.services.contact_points import external_id_attach
from customers.services.locks import lock_after_edit
from customers.services.refusals import refusal_of, refuse_email
from customers.services.stages import stage_mark, stage_tell
from customers.services.trail import leave_trail

PROFILE = (
    "first_name",
    "last_name",
    "second_last_name",
    "email",
    "phone",
    "id_type",
    "id_number",
    "gender",
    "city",
    "country",
    "birth_date",
    "birth_month",
    "birth_day",
    "language",
    "time_zone",
    "lifecycle",
)
IDENTIFYING = ("email", "phone", "id_number")


@transaction.atomic
def customer_create(
    *,
    profile: Mapping[str, Any],
    by: User | None = None,
    source: str = "staff",
    external_id: tuple[str, str] | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Make a record from clean values, as ``customer_normalise`` gives them.

    ``external_id`` is a system and its id. No e-mail is needed if something else identifies the
    person.

    :raises DomainError: nothing identifies the person, or another record has the same e-mail,
        external id or unique custom value.
    """
    if not any(profile.get(name) for name in IDENTIFYING) and not external_id:
        raise _nothing_identifies()
    refuse_erased(profile.get("email") or "", source=source)
    customer = Customer(source=source, registered_at=clock.now(), lifecycle_reason=source)
    _assign(customer, profile)
    _refuse_taken_email(customer)
    _write(customer)
    if external_id:
        external_id_attach(customer=customer, system=external_id[0], value=external_id[1])
    leave_trail(
        customer,
        "created",
        by=by,
        request=request,
        after={key: value for key, value in _snapshot(customer).items() if value},
        data={"source": source},
        kind="customer_created",
        activity={"source": source},
        event=CustomerCreated,
    )
    return customer


@transaction.atomic
def customer_update(
    *,
    customer: Customer,
    version: int,
    profile: Mapping[str, Any],
    by: User | None = None,
    source: str = "staff",
    request: HttpRequest | None = None,
    order: str = "",
) -> Customer:
    """Change what ``profile`` holds (clean values; other fields stay) and return the new record.

    What staff change by hand is locked against orders; ``order`` is the one that brought this.

    :raises DomainError: ``version_conflict`` when somebody changed the record since ``version``;
        what ``customer_create`` raises.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.version != version:
        raise DomainError(
            "version_conflict",
            _("Somebody else changed this record meanwhile."),
            data={"version": held.version},
        )
    before = _snapshot(held)
    _assign(held, profile)
    after = _snapshot(held)
    changed = [name for name in {**before, **after} if after.get(name) != before.get(name)]
    if not changed:
        return held
    _refuse_without_identity(held)
    _save_changes(held, changed, source)
    leave_trail(
        held,
        "updated",
        by=by,
        request=request,
        before={name: before.get(name) for name in changed},
        after={name: after.get(name) for name in changed},
        data={"order": order} if order else None,
        kind="email_changed" if changed == ["email"] else "profile_updated",
        activity={"fields": changed} | ({"order": order} if order else {}),
        origin="order" if order and by is None else "",
    )
    if not order:
        lock_after_edit(customer=held, changed=changed, by=by, request=request)
    if "lifecycle" in changed:
        stage_tell(held, by=by, request=request)
    return held


def _save_changes(held: Customer, changed: list[str], source: str) -> None:
    if "email" in changed:
        _refuse_taken_email(held)
        known = CustomerEmail.objects.filter(customer=held, address_key=held.email_key).first()
        held.verified_at = known.verified_at if known else None
    if "lifecycle" in changed:
        stage_mark(held, source)
    held.version += 1
    _write(held)
    if "email" in changed and held.user_id:
        login_follow(held)


def _assign(customer: Customer, profile: Mapping[str, Any]) -> None:
    for name in PROFILE:
        if name in profile and name != "email":
            setattr(customer, name, profile[name])
    if "email" in profile:
        customer.set_email(profile["email"])
    document = {**customer.custom, **_clean_custom(profile.get("custom", {}))}
    customer.custom = {key: value for key, value in document.items() if value is not None}


def _clean_custom(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their fields keep them, whoever wrote them; a clean one stays as it is."""
    if not values:
        return {}
    fields = {field.key: field for field in CustomField.objects.filter(key__in=list(values))}
    for key in values:
        if key not in fields:
            raise DomainError(
                "custom_field_unknown",
                _("There is no field “%(key)s”.") % {"key": key},
                field=f"custom.{key}",
            )
    return {key: clean_custom(fields[key], value) for key, value in values.items()}


def _snapshot(customer: Customer) -> dict[str, Any]:
    values = {name: getattr(customer, name) for name in PROFILE}
    return values | {f"custom.{key}": value for key, value in customer.custom.items()}


def _write(customer: Customer) -> None:
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as cause:
        raise refusal_of(cause, customer) from cause
    customer.refresh_from_db(fields=["birth_month", "birth_day", "sort_name"])


def _refuse_taken_email(customer: Customer) -> None:
    key = customer.email_key
    holders = CustomerEmail.objects.filter(address_key=key)
    if key and (holders.exclude(customer=customer) if customer.pk else holders).exists():
        raise refuse_email(key, "email", apart_from=customer if customer.pk else None)


def _refuse_without_identity(customer: Customer) -> None:
    if any(getattr(customer, name) for name in IDENTIFYING):
        return
    if not ExternalId.objects.filter(customer=customer).exists():
        raise _nothing_identifies()


def _nothing_identifies() -> DomainError:
    return DomainError(
        "customer_needs_identity",
        _("Give at least an e-mail, a phone, an ID number or a code of another system."),
        field="email",
    )


def login_follow(customer: Customer) -> None:
    """A customer logs in with the record's address; the log-in of staff is theirs alone."""
    user = customer.user
    if user is None or user.is_staff or not customer.email_key:
        return
    user.email = customer.email
    user.email_key = email_key(customer.email)
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_key"])
    except IntegrityError as cause:
        raise refusal_of(cause, customer) from cause
