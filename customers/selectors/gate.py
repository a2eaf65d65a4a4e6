"""The one gate before anything is sent: status, consent, suppression, in that order."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from customers.identity import email_key
from customers.models import Customer, Suppression
from customers.models.consent import Channel
from customers.rules.statuses import Mail, statuses_closed_to

TRANSACTIONAL: Final = "transactional"
ORDERS: Final = "orders"
WITHOUT_CONSENT: Final = {TRANSACTIONAL: Mail.SERVICE, ORDERS: Mail.ORDERS}

# What the gate says whatever the channel.
OF_THE_RECORD: Final = {"gone", "blocked", "inactive"}
# What the gate says of the first address, and not of the person.
OF_THE_ADDRESS: Final = {"", "no_address", "suppressed"}

# To be joined to ``customers_customer AS person``, with the parameters of ``gate_params``.
GATE_JOINS: Final = """
LEFT JOIN customers_consentstate AS gate_consent
    ON gate_consent.customer_id = person.id AND gate_consent.channel = %(gate_channel)s
    AND gate_consent.purpose = %(gate_purpose)s
LEFT JOIN customers_suppression AS gate_block
    ON gate_block.channel = %(gate_channel)s AND gate_block.address_key = person.email_key
    AND person.email_key <> ''
"""
# '' when the mail may go out, otherwise the reason why not.
GATE_REASON: Final = """
CASE
    WHEN person.trashed_at IS NOT NULL OR person.erased_at IS NOT NULL
        OR person.merged_into_id IS NOT NULL THEN 'gone'
    WHEN person.blocked_at IS NOT NULL THEN 'blocked'
    WHEN person.status = ANY(%(gate_closed)s) THEN 'inactive'
    WHEN %(gate_needs_consent)s AND gate_consent.value = 'withdrawn' THEN 'unsubscribed'
    WHEN %(gate_needs_consent)s AND gate_consent.value IS DISTINCT FROM 'granted' THEN 'no_consent'
    WHEN person.email_key = '' THEN 'no_address'
    WHEN gate_block.id IS NOT NULL THEN 'suppressed'
    ELSE ''
END
"""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a mail may go out; ``reason`` is a code, empty when it may."""

    reason: str

    @property
    def allowed(self) -> bool:
        return self.reason == ""


def gate_params(*, channel: str, purpose: str) -> dict[str, Any]:
    """The parameters of ``GATE_JOINS`` and ``GATE_REASON``.

    Transactional mail and mail about orders need no consent.
    """
    return {
        "gate_channel": channel,
        "gate_purpose": purpose,
        "gate_needs_consent": purpose not in WITHOUT_CONSENT,
        "gate_closed": statuses_closed_to(WITHOUT_CONSENT.get(purpose, Mail.MARKETING)),
    }


def may_send(customer: Customer, *, channel: str, purpose: str) -> Verdict:
    """Ask the gate about one person."""
    return may_send_many([customer.pk], channel=channel, purpose=purpose)[customer.pk]


def may_send_to(customer: Customer, *, address: str, purpose: str) -> Verdict:
    """Ask the gate about a mail to a certain address of a person: the block is that address's."""
    verdict = may_send(customer, channel=Channel.EMAIL, purpose=purpose)
    key = email_key(address) if address else customer.email_key
    if key == customer.email_key or verdict.reason not in OF_THE_ADDRESS:
        return verdict
    blocked = Suppression.objects.filter(channel=Channel.EMAIL, address_key=key)
    return Verdict(reason="suppressed" if blocked.exists() else "")


def may_send_many(ids: list[int], *, channel: str, purpose: str) -> dict[int, Verdict]:
    """Ask the gate about several people at once; who does not exist is ``gone``."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person.id, {GATE_REASON} FROM customers_customer AS person {GATE_JOINS} "  # noqa: S608
            "WHERE person.id = ANY(%(gate_ids)s)",
            {**gate_params(channel=channel, purpose=purpose), "gate_ids": ids},
        )
        found = {row[0]: Verdict(reason=row[1]) for row in cursor.fetchall()}
    return {pk: found.get(pk, Verdict(reason="gone")) for pk in ids}
