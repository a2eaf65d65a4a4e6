"""The receipt of a consent: what was said, by whom, under which policy, and how to check it."""

from dataclasses import dataclass

from customers.models import ConsentEvent, Customer, PolicyVersion
from customers.selectors.consents import Statement, address_for, level_label, statement_told
from customers.selectors.policies import policy_labelled
from customers.services.consent_seals import SealProof, seal_proof


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """``policy``: the version that the statement names, if the shop still knows it by that name.

    ``proof`` is None as long as the statement waits for its seal (a minute at most).
    """

    customer: Customer
    statement: Statement
    address: str
    policy: PolicyVersion | None
    proof: SealProof | None

    @property
    def event(self) -> ConsentEvent:
        return self.statement.event

    @property
    def level(self) -> str:
        return level_label(self.event.opt_in_level)

    @property
    def number(self) -> str:
        return f"{self.event.recorded_at:%Y}-{self.event.pk:06}"


def receipt_of(customer: Customer, event: ConsentEvent) -> Receipt:
    return Receipt(
        customer=customer,
        statement=statement_told(event),
        address=address_for(customer, event.channel),
        policy=policy_labelled(event.policy_version),
        proof=seal_proof(event),
    )
