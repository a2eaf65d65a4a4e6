"""From the events that a program sent to rows of the ledger; else all that is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.api.problems import Problems, Wrong
from customers.api.schemas_around import ActivityEvent
from customers.identity import email_key
from customers.models import Customer
from customers.selectors.activity_kinds import (
    customers_by_codes,
    customers_by_emails,
    customers_by_ids,
    own_kinds_by_key,
)
from customers.services.consent import CLOCK_TOLERANCE
from customers.services.own_activity import OwnActivity

MOST_WRONGS = 100


def events_of(sent: Sequence[ActivityEvent]) -> list[OwnActivity]:
    """
    :raises Problems: whom or what nobody knows, each at its place.
    """
    people = _people(sent)
    kinds = own_kinds_by_key(one.kind for one in sent)
    now = clock.now()
    wrongs: list[Wrong] = []
    found: list[OwnActivity] = []
    for number, one in enumerate(sent):
        customer = people.get(_who(one))
        at = one.occurred_at or now
        if one.kind not in kinds:
            wrongs.append(_wrong(number, "kind", "kind_unknown", _("There is no such kind.")))
        elif kinds[one.kind].disabled_at is not None:
            wrongs.append(_wrong(number, "kind", "kind_off", _("This kind is switched off.")))
        if customer is None:
            wrongs.append(_wrong(number, *_unknown(one)))
        if at > now + CLOCK_TOLERANCE:
            text = _("It lies in the future.")
            wrongs.append(_wrong(number, "occurred_at", "in_the_future", text))
        if customer is not None and not wrongs:
            found.append(
                OwnActivity(
                    customer_id=customer.pk,
                    kind=one.kind,
                    at=at,
                    event_id=one.id,
                    values=one.data,
                )
            )
    if wrongs:
        raise Problems(wrongs[:MOST_WRONGS])
    return found


def _who(event: ActivityEvent) -> Any:
    """What the event names the person by; an id is surer than a code, a code than an address."""
    if event.customer_id is not None:
        return event.customer_id
    if event.external_id is not None:
        return (event.external_id.system, event.external_id.value)
    return email_key(event.email) if event.email else None


def _people(sent: Sequence[ActivityEvent]) -> Mapping[Any, Customer]:
    """All of them, by three queries."""
    named = [_who(one) for one in sent]
    return {
        **customers_by_ids(one.customer_id for one in sent if one.customer_id is not None),
        **customers_by_codes(one for one in named if isinstance(one, tuple)),
        **customers_by_emails(one for one in named if isinstance(one, str)),
    }


def _unknown(event: ActivityEvent) -> tuple[str, str, str]:
    for name in ("customer_id", "external_id", "email"):
        if getattr(event, name):
            return name, "customer_unknown", _("This leads to no customer.")
    return (
        "customer_id",
        "customer_missing",
        _("Say whose it is: an id, a code of another system or an e-mail."),
    )


def _wrong(number: int, name: str, code: str, detail: str) -> Wrong:
    return Wrong(pointer=f"/events/{number}/{name}", code=code, detail=detail)
