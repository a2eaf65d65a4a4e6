"""``manage.py check_invariants``: what must always hold, counted."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.kit.invariants import violations


class Command(BaseCommand):
    help = "Count the rows that break an invariant; exit status 1 when there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        found = violations()
        if options["json"]:
            self.stdout.write(json.dumps({"violations": found}))
        else:
            for name, count in found.items():
                self.stdout.write(f"{count:>10,}  {name.replace('_', ' ')}")
        if any(found.values()):
            sys.exit(1)
