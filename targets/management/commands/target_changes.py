"""``manage.py target_changes SLUG --from T --to T``: who entered and left, when and why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from config.kit import clock
from customers.models import Customer
from targets.management.command import TargetCommand, instant_of, target_by_slug
from targets.models import MembershipChange
from targets.selectors.history import changes_between


class Command(TargetCommand):
    help = "Print who entered and left a target between two instants, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--from", dest="since", required=True, metavar="T", help="ISO 8601")
        parser.add_argument("--to", dest="until", metavar="T", help="ISO 8601 (now)")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        target = target_by_slug(options["slug"])
        since = instant_of(options["since"], "--from")
        until = instant_of(options["until"], "--to") or clock.now()
        if since is None or until <= since:
            raise CommandError("--to must be later than --from.")
        changes = list(changes_between(target, since, until))
        people = Customer.objects.in_bulk({one.customer_id for one in changes})
        found = [_change(one, people.get(one.customer_id)) for one in changes]
        entered = sum(one.is_entry for one in changes)
        lines = ("\t".join(str(value or "-") for value in one.values()) for one in found)
        self.answer(
            {"entered": entered, "left": len(changes) - entered, "changes": found},
            "\n".join(lines),
            as_json=options["json"],
        )


def _change(change: MembershipChange, customer: Customer | None) -> dict[str, str | None]:
    return {
        "at": change.occurred_at.isoformat(),
        "movement": "entered" if change.is_entry else "left",
        "public_id": str(customer.public_id) if customer else None,
        "email": customer.email if customer else None,
        "cause": change.cause,
        "source": change.source,
    }
