"""What may keep a person from their mails and their log-in: plain facts, without words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Final

from config.kit import clock
from config.kit.dns import Answer, takes_mail
from config.kit.errors import DomainError
from customers.attempts import is_login_locked
from customers.identity import email_key
from customers.limits import are_links_spent
from customers.models import Activity, ConsentState, Customer, Suppression
from customers.models.consent import Channel
from customers.rules.emails import clean_email
from customers.selectors.consents import suppression_of
from customers.services.consent import MARKETING

COMMON: Final = (
    *("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com"),
    *("yahoo.es", "hotmail.es", "outlook.es", "yahoo.com.ar", "hotmail.com.ar", "live.cl"),
    *("yahoo.com.mx", "uol.com.br", "bol.com.br", "gmail.cl", "terra.cl", "vtr.net"),
)
LIKE: Final = 0.86


@dataclass(frozen=True, kw_only=True)
class EmailFacts:
    """``wrong``: why the address can be none. ``meant``: the domain that was probably meant.

    ``failures`` counts the failed log-ins of the last day.
    """

    wrong: str
    meant: str
    domain: str
    takes_mail: Answer
    suppression: Suppression | None
    is_locked: bool
    failures: int
    failed_at: datetime | None
    marketing: str


def email_facts(customer: Customer) -> EmailFacts:
    """
    One question to the name servers at most, answered within two seconds or not at all.
    """
    wrong = _what_is_wrong(customer.email)
    domain = email_key(customer.email).rpartition("@")[2] if customer.email else ""
    failures = Activity.objects.filter(
        customer_id=customer.pk,
        kind="login_failed",
        occurred_at__gte=clock.now() - timedelta(days=1),
    ).order_by("-occurred_at")
    times = list(failures.values_list("occurred_at", flat=True)[:100])
    state = ConsentState.objects.filter(
        customer=customer, channel=Channel.EMAIL, purpose=MARKETING
    ).first()
    return EmailFacts(
        wrong=wrong,
        meant=domain_meant(domain),
        domain=domain,
        takes_mail=takes_mail(domain) if domain and not wrong else "unknown",
        suppression=suppression_of(customer),
        is_locked=bool(customer.email) and is_locked(customer.email),
        failures=len(times),
        failed_at=times[0] if times else None,
        marketing=state.value if state else "",
    )


def is_locked(address: str) -> bool:
    return is_login_locked(address) or are_links_spent(address)


def domain_meant(domain: str) -> str:
    """``gmail.com`` for ``gmial.com``; empty for what is common itself or like nothing."""
    if not domain or domain in COMMON:
        return ""
    return next(iter(get_close_matches(domain, COMMON, n=1, cutoff=LIKE)), "")


def _what_is_wrong(address: str) -> str:
    try:
        clean_email(address)
    except DomainError as refusal:
        return refusal.message
    return ""
