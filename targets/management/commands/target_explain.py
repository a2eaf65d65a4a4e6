"""``manage.py target_explain SLUG CUSTOMER``: why somebody is in a target or not."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from customers.identity import email_key
from customers.models import Customer
from targets.management.command import TargetCommand, instant_of, target_by_slug
from targets.selectors.explaining import Explanation, Part, explain

SIGNS = {True: "yes", False: "no", None: "unknown"}


class Command(TargetCommand):
    help = "Print why a customer is in a target or not: every condition with what was found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("customer", metavar="EMAIL|PUBLIC_ID")
        parser.add_argument("--at", metavar="T", help="another instant, ISO 8601")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        target = target_by_slug(options["slug"])
        found = explain(target, customer_by(options["customer"]), instant_of(options["at"], "--at"))
        self.answer(as_json(found), as_text(found), as_json=options["json"])


def customer_by(text: str) -> Customer:
    """By address, aliases included, or by public id."""
    rows = Customer.objects.filter(emails__address_key=email_key(text.strip()))
    if "@" not in text:
        rows = Customer.objects.filter(public_id=text)
    try:
        customer = rows.order_by("trashed_at", "-pk").first()
    except ValidationError:
        customer = None
    if customer is None:
        raise CommandError(f"There is no customer {text}.")
    return customer


def as_json(found: Explanation) -> dict[str, Any]:
    since = found.since
    return {
        "member": found.is_member,
        "satisfies": found.satisfies,
        "live": found.is_live,
        "at": found.at.isoformat(),
        "since": since.occurred_at.isoformat() if since else None,
        "cause": since.cause if since else None,
        "source": since.source if since else None,
        "flips_at": found.flips_at.isoformat() if found.flips_at else None,
        "known_until": found.is_known_until.isoformat() if found.is_known_until else None,
        "leaves": [leaf_json(one) for one in found.leaves],
        "nodes": nodes_json(found.root),
    }


def leaf_json(part: Part) -> dict[str, Any]:
    evidence = part.evidence
    return {
        "path": part.pointer,
        "filter": part.filter,
        "condition": str(part.phrase),
        "truth": part.truth,
        "value": evidence.value if evidence else None,
        "witnesses": [
            {
                "kind": one.kind,
                "id": one.id,
                "label": one.label,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in (evidence.witnesses if evidence else ())
        ],
        "flips_at": part.flips_at.isoformat() if part.flips_at else None,
    }


def nodes_json(part: Part) -> dict[str, bool | None]:
    """JSON Pointer → truth, None for unknown."""
    found = {part.pointer: part.truth}
    for one in part.parts:
        found |= nodes_json(one)
    return found


def as_text(found: Explanation) -> str:
    lines = ["member" if found.is_member else "not a member"]
    if found.since:
        lines[0] += f" since {found.since.occurred_at.isoformat()} ({found.since.cause})"
    if found.flips_at:
        lines.append(f"changes at {found.flips_at.isoformat()} if nothing else happens")
    return "\n".join([*lines, *_part_lines(found.root, 0)])


def _part_lines(part: Part, level: int) -> list[str]:
    shown = f"{part.phrase}: {part.evidence.shown}" if part.evidence else part.kind
    until = f" (until {part.flips_at.isoformat()})" if part.flips_at else ""
    own = f"{'  ' * level}[{SIGNS[part.truth]}] {shown}{until}"
    return [own, *(line for one in part.parts for line in _part_lines(one, level + 1))]
