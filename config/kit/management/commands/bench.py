"""``manage.py bench SUITE``: figures with units, each beside its yardstick."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit.benching import Suite, suite_load, suite_takes, suites

OPTIONS = ("rate", "seconds")


class Command(BaseCommand):
    help = "Measure a suite beside its yardstick. Writes to the database: not for production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("suite", help="one of: " + ", ".join(sorted(suites)))
        parser.add_argument("--size", type=int, default=100_000, metavar="N")
        parser.add_argument("--rate", type=int, metavar="R", help="changes a second (upkeep)")
        parser.add_argument("--seconds", type=int, metavar="S", help="for so long (upkeep)")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        name, size = options["suite"], options["size"]
        if name not in suites:
            raise CommandError(f"There is no suite {name}: {', '.join(sorted(suites))}.")
        if size < 1:
            raise CommandError("--size must be at least 1.")
        suite = suite_load(name)
        figures = {"suite": name, "size": size, **suite(size, **self._asked(name, suite, options))}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:<44} {value}")

    def _asked(self, name: str, suite: Suite, options: dict[str, Any]) -> dict[str, int]:
        given = {one: options[one] for one in OPTIONS if options.get(one) is not None}
        for option, value in given.items():
            if not suite_takes(suite, option):
                raise CommandError(f"The suite {name} has no --{option}.")
            if value < 1:
                raise CommandError(f"--{option} must be at least 1.")
        return given
