"""``manage.py target_count --rule FILE|-``: exact counts of a rule and of each of its nodes."""

from argparse import ArgumentParser
from typing import Any

from targets.management.command import TargetCommand, rule_text
from targets.reading import rule_from_text
from targets.selectors.evaluation import counts


class Command(TargetCommand):
    help = "Count the people of a rule, without saving it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rule", required=True, metavar="FILE|-")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        found = counts(rule_from_text(rule_text(options["rule"])))
        lines = (f"{number:>12,}  {pointer}" for pointer, number in found.nodes.items())
        self.answer(
            {"count": found.total, "nodes": found.nodes},
            "\n".join(lines),
            as_json=options["json"],
        )
