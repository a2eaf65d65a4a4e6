"""Who may open which address of the back office."""

import json
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandParser

from config.kit.doors import Door, back_office_doors


class Command(BaseCommand):
    help = "Print the permission matrix: every role against every address of the back office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--matrix", action="store_true", help="print it (what it does anyway)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        held = {group.name: _permissions_of(group) for group in Group.objects.order_by("name")}
        doors = back_office_doors()
        if options["json"]:
            rows = {door.route: _row(door, held) for door in doors}
            self.stdout.write(json.dumps({"roles": list(held), "addresses": rows}))
            return
        width = max(len(door.route) for door in doors)
        self.stdout.write(f"{'':{width}}  {'  '.join(held)}")
        for door in doors:
            marks = (
                f"{'yes' if may else '-':^{len(role)}}" for role, may in _row(door, held).items()
            )
            self.stdout.write(f"{door.route:{width}}  {'  '.join(marks)}  {door.rule}")


def _permissions_of(group: Group) -> set[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in rows}


def _row(door: Door, held: dict[str, set[str]]) -> dict[str, bool]:
    return {role: door.opens_for(permissions) for role, permissions in held.items()}
