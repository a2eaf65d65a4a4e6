"""``manage.py target_audit``: memberships beside a fresh evaluation; the drift should be 0."""

from argparse import ArgumentParser
from typing import Any

from targets.management.command import TargetCommand
from targets.upkeep.auditing import targets_audit


class Command(TargetCommand):
    help = "Compare the members of targets with a fresh evaluation of their rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="only N targets, by chance")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        found = targets_audit(sample=options["sample"])
        self.answer(
            {"checked": found.checked, "drift": found.drift, "pending": found.pending},
            f"{found.checked} targets checked, {found.pending} people pending, drift {found.drift}",
            as_json=options["json"],
        )
