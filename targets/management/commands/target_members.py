"""``manage.py target_members SLUG``: public id and e-mail of the members, one a line."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import QuerySet

from customers.models import Customer
from targets.management.command import TargetCommand, instant_of, target_by_slug
from targets.selectors.members import members, members_as_of


class Command(TargetCommand):
    help = "Print the members of a target."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--as-of", "--at", metavar="T", help="an instant, ISO 8601")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        target = target_by_slug(options["slug"])
        at = instant_of(options["as_of"], "--as-of")
        people: QuerySet[Customer] = members_as_of(target, at) if at else members(target)
        rows = people.order_by("id").values_list("public_id", "email")
        found = [{"public_id": str(public_id), "email": email} for public_id, email in rows]
        lines = (f"{one['public_id']}\t{one['email']}" for one in found)
        self.answer({"members": found}, "\n".join(lines), as_json=options["json"])
