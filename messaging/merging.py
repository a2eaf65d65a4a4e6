"""How mails follow their person at a merge."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.pages import formats
from customers.merging.registry import MergePart, MergeTable, merging
from customers.models import Customer
from messaging.models import Delivery

WAITING: Final = (Delivery.State.PENDING, Delivery.State.IN_FLIGHT)


def _deliveries(n: int) -> str:
    return ngettext("%(n)s message", "%(n)s messages", n) % {"n": formats.number(n)}


TABLES: Final = (
    # Two mails of one campaign stay two: the second one stays with the merged record.
    MergeTable(
        table="messaging_delivery",
        same=("campaign_id", "created_at"),
        where="row.state NOT IN ('pending', 'in_flight')",
        is_ledger=True,
        counted=_deliveries,
    ),
    MergeTable(table="messaging_transactionalmail"),
)


def blockers(survivor: Customer, loser: Customer) -> list[str]:
    """A mail on its way is settled for the record for which it left."""
    if Delivery.objects.filter(customer=loser, state=Delivery.State.IN_FLIGHT).exists():
        return [
            _("A mail to %(name)s is being sent this moment. Try again in a minute.")
            % {"name": loser}
        ]
    return []


def effects(survivor: Customer, loser: Customer) -> list[str]:
    waiting = Delivery.objects.filter(customer=loser, state=Delivery.State.PENDING).count()
    if not waiting:
        return []
    text = ngettext(
        "%(n)s mail that waits for %(name)s will not be sent.",
        "%(n)s mails that wait for %(name)s will not be sent.",
        waiting,
    )
    return [text % {"n": formats.number(waiting), "name": loser}]


def register_all() -> None:
    merging.register("messaging", MergePart(tables=TABLES, blockers=blockers, effects=effects))
