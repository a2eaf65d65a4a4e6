"""The one writer of the consent ledger, and of the list of addresses that nothing is sent to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import ConsentChanged
from customers.identity import digits, email_key
from customers.models import ConsentEvent, ConsentState, Customer, Suppression, User
from customers.models.consent import Channel, ConsentValue
from customers.services.activity import activity_record

MARKETING = "marketing"
CLOCK_TOLERANCE = timedelta(minutes=5)
KINDS = {ConsentValue.GRANTED: "consent_granted", ConsentValue.WITHDRAWN: "consent_withdrawn"}


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How a statement can be shown: words, policy, place, document."""

    wording: str = ""
    policy_version: str = ""
    evidence: str = ""
    ip: str | None = None
    user_agent: str = ""
    opt_in_level: str = "single"


@transaction.atomic
def consent_record(
    *,
    customer: Customer,
    channel: str,
    value: str,
    source: str,
    purpose: str = MARKETING,
    proof: Proof = Proof(),
    actor_id: int | None = None,
    occurred_at: datetime | None = None,
) -> ConsentEvent:
    """Append what a person (or staff for them, with evidence) said about being written to.

    :raises DomainError: an unknown channel or value, staff without evidence, or a future date.
    """
    at = occurred_at or clock.now()
    _refuse_what_proves_nothing(channel, value, source, proof, at)
    event = ConsentEvent.objects.create(
        customer=customer,
        channel=channel,
        purpose=purpose,
        value=value,
        source=source,
        occurred_at=at,
        actor_id=actor_id,
        opt_in_level=proof.opt_in_level,
        wording=proof.wording,
        policy_version=proof.policy_version,
        evidence=proof.evidence,
        ip=proof.ip,
        user_agent=proof.user_agent[:300],
    )
    if value in KINDS:
        activity_record(
            customer_id=customer.pk,
            kind=KINDS[ConsentValue(value)],
            at=at,
            actor_id=actor_id,
            origin=source,
            ip=proof.ip,
            data={"channel": channel, "purpose": purpose},
        )
    emit(ConsentChanged(customer_id=customer.pk, channel=channel, purpose=purpose, value=value))
    return event


@transaction.atomic
def consent_withdraw_by_link(
    *, customer: Customer, channel: str, purpose: str, ip: str | None, user_agent: str
) -> bool:
    """A click on "unsubscribe". False when it was withdrawn already: one statement is enough."""
    _lock(customer)
    if _value(customer, channel, purpose) == ConsentValue.WITHDRAWN:
        return False
    consent_record(
        customer=customer,
        channel=channel,
        purpose=purpose,
        value=ConsentValue.WITHDRAWN,
        source="unsubscribe",
        proof=Proof(ip=ip, user_agent=user_agent),
    )
    return True


@transaction.atomic
def consent_choose(
    *, customer: Customer, choices: Mapping[tuple[str, str], tuple[bool, Proof]], actor: User
) -> int:
    """What a person ticked on their account page, by channel and purpose; returns the changes.

    A box that says what holds already is no new statement.
    """
    _lock(customer)
    changed = 0
    for (channel, purpose), (wanted, proof) in choices.items():
        held = _value(customer, channel, purpose)
        value = ConsentValue.GRANTED if wanted else ConsentValue.WITHDRAWN
        if held == value or (held is None and not wanted):
            continue
        consent_record(
            customer=customer,
            channel=channel,
            purpose=purpose,
            value=value,
            source="account",
            proof=proof,
            actor_id=actor.pk,
        )
        changed += 1
    return changed


@transaction.atomic
def consent_record_by_staff(
    *,
    customer: Customer,
    channel: str,
    purpose: str,
    value: str,
    evidence: str,
    occurred_at: datetime | None,
    by: User,
    request: HttpRequest | None = None,
) -> ConsentEvent:
    """What a person told a member of staff.

    :raises DomainError: a grant without evidence, or what ``consent_record`` refuses.
    """
    _lock(customer)
    event = consent_record(
        customer=customer,
        channel=channel,
        purpose=purpose,
        value=value,
        source="staff",
        proof=Proof(evidence=evidence.strip(), opt_in_level="single"),
        actor_id=by.pk,
        occurred_at=occurred_at,
    )
    audit.record(
        "customers.consent.recorded",
        actor=by,
        subject=customer,
        data={"channel": channel, "purpose": purpose, "value": value, "event": event.pk},
        request=request,
    )
    return event


@transaction.atomic
def suppression_add(
    *,
    address: str,
    reason: str,
    channel: str = Channel.EMAIL,
    detail: str = "",
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Suppression:
    """Send nothing to this address any more. The first reason stays."""
    suppression, is_new = Suppression.objects.get_or_create(
        channel=channel,
        address_key=suppression_key(channel, address),
        defaults={"reason": reason, "detail": detail[:300]},
    )
    if is_new and by is not None:
        _audit_suppression("added", suppression, by, request)
    return suppression


@transaction.atomic
def suppression_remove(
    *, suppression: Suppression, by: User, why: str = "", request: HttpRequest | None = None
) -> None:
    """Let mails go to the address again; whether they do is up to the person's consent."""
    _audit_suppression("removed", suppression, by, request, why=why)
    suppression.delete()


def suppression_key(channel: str, address: str) -> str:
    """How an address is kept on the list: an e-mail's identity key, a number's digits."""
    return email_key(address) if channel in {Channel.EMAIL, Channel.PUSH} else digits(address)


def _audit_suppression(
    verb: str, suppression: Suppression, by: User, request: HttpRequest | None, *, why: str = ""
) -> None:
    values = {"address": suppression.address_key} | ({"why": why[:2000]} if why else {})
    audit.record(
        f"customers.suppression.{verb}",
        actor=by,
        subject=suppression,
        before=values if verb == "removed" else None,
        after=values if verb == "added" else None,
        data={"channel": suppression.channel, "reason": suppression.reason},
        request=request,
    )


def _lock(customer: Customer) -> None:
    """Statements about one person queue up, so that two clicks do not both write one."""
    Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk).values("pk").first()


def _value(customer: Customer, channel: str, purpose: str) -> str | None:
    return (
        ConsentState.objects.filter(customer=customer, channel=channel, purpose=purpose)
        .values_list("value", flat=True)
        .first()
    )


def _refuse_what_proves_nothing(
    channel: str, value: str, source: str, proof: Proof, at: datetime
) -> None:
    if channel not in Channel.values or value not in ConsentValue.values:
        raise DomainError("consent_unknown", _("There is no such channel or state of consent."))
    if source == "staff" and value == ConsentValue.GRANTED and not proof.evidence.strip():
        raise DomainError(
            "consent_needs_evidence",
            _("Say how this person agreed: a form, a call, a signed sheet."),
            field="evidence",
        )
    if at > clock.now() + CLOCK_TOLERANCE:
        raise DomainError(
            "consent_in_the_future", _("Nobody can have agreed in the future."), field="occurred_at"
        )
