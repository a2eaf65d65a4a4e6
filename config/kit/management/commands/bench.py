"""``manage.py bench SUITE``: figures with units, each beside its yardstick."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit.benching import suite_load, suites


class Command(BaseCommand):
    help = "Measure a suite beside its yardstick. Writes to the database: not for production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("suite", help="one of: " + ", ".join(sorted(suites)))
        parser.add_argument("--size", type=int, default=100_000, metavar="N")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        name, size = options["suite"], options["size"]
        if name not in suites:
            raise CommandError(f"There is no suite {name}: {', '.join(sorted(suites))}.")
        if size < 1:
            raise CommandError("--size must be at least 1.")
        figures = {"suite": name, "size": size, **suite_load(name)(size)}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:<44} {value}")
