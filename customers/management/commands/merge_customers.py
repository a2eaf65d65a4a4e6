"""``manage.py merge_customers``: two records become one, or a merge is undone."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import email_key
from customers.merging.fields import names_of
from customers.merging.preview import merge_preview, moves_of, undo_preview
from customers.merging.services import customers_merge, merge_undo
from customers.models import Customer, Merge


class Command(BaseCommand):
    help = "Merge one customer into another, or undo a merge."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("survivor", nargs="?", help="who stays: an e-mail or a public id")
        parser.add_argument("loser", nargs="?", help="who goes into it")
        parser.add_argument("--take", default="", help="fields whose value the second one gives")
        parser.add_argument("--undo", metavar="MERGE", type=UUID, help="take this merge back")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            values, text = self._undo(options) if options["undo"] else self._merge(options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(json.dumps(values, ensure_ascii=False) if options["json"] else text)

    def _merge(self, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        if not options["survivor"] or not options["loser"]:
            raise CommandError("Name two customers, or --undo MERGE.", returncode=2)
        survivor, loser = _person(options["survivor"]), _person(options["loser"])
        chosen = _fields(options["take"], survivor, loser)
        preview = merge_preview(survivor, loser, chosen)
        if preview.blockers:
            raise CommandError("\n".join(preview.blockers))
        if options["dry_run"]:
            return {"merge": None, "moves": preview.moves}, "\n".join(preview.moves)
        merge = customers_merge(survivor=survivor, loser=loser, chosen=chosen)
        moves = moves_of(merge)
        return {"merge": str(merge.public_id), "moves": moves}, "\n".join(
            [_("Merged: %(id)s") % {"id": merge.public_id}, *moves]
        )

    def _undo(self, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        merge = Merge.objects.select_related("survivor", "loser").filter(public_id=options["undo"])
        found = merge.first()
        if found is None:
            raise CommandError(f"There is no merge {options['undo']}.")
        preview = undo_preview(found)
        if preview.blockers:
            raise CommandError("\n".join(preview.blockers))
        kept = preview.kept if options["dry_run"] else merge_undo(merge=found).kept
        return {"merge": str(found.public_id), "kept": kept}, "\n".join(
            [_("Undone: %(id)s") % {"id": found.public_id}, *kept]
        )


def _person(text: str) -> Customer:
    people = Customer.objects.filter(emails__address_key=email_key(text))
    if not people:
        try:
            people = Customer.objects.filter(public_id=UUID(text))
        except ValueError:
            people = Customer.objects.none()
    found = people.first()
    if found is None:
        raise CommandError(f"There is no customer {text}.")
    return found


def _fields(text: str, survivor: Customer, loser: Customer) -> list[str] | None:
    """The fields by their names; None: as is usual."""
    names = [one.strip() for one in text.split(",") if one.strip()]
    unknown = sorted(set(names) - set(names_of(survivor, loser)))
    if unknown:
        known = ", ".join(names_of(survivor, loser))
        raise CommandError(f"{', '.join(unknown)}: choose among {known}.", returncode=2)
    return names or None
