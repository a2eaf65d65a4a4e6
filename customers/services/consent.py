"""The one writer of the consent ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import ConsentChanged
from customers.models import ConsentEvent, Customer
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
