"""``manage.py target_members SLUG``: public id and e-mail of the members, one a line."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet

from config.kit import clock
from customers.models import Customer
from targets.management.command import TargetCommand, target_by_slug
from targets.selectors.members import members, members_as_of


class Command(TargetCommand):
    help = "Print the members of a target."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--as-of", metavar="T", help="an instant, ISO 8601")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        target = target_by_slug(options["slug"])
        at = _instant(options["as_of"])
        people: QuerySet[Customer] = members_as_of(target, at) if at else members(target)
        rows = people.order_by("id").values_list("public_id", "email")
        found = [{"public_id": str(public_id), "email": email} for public_id, email in rows]
        lines = (f"{one['public_id']}\t{one['email']}" for one in found)
        self.answer({"members": found}, "\n".join(lines), as_json=options["json"])


def _instant(text: str | None) -> datetime | None:
    """The instant in the site's zone where the text names none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("--as-of must be an instant such as 2026-11-01T00:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.site_zone())
