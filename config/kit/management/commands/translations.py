"""``manage.py translations``: compare, renew or compile the catalogue of texts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit import translations


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Check the Spanish catalogue; --update renews it, --compile makes the binary one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--update", action="store_true")
        parser.add_argument("--compile", action="store_true")
        parser.add_argument("fragments", nargs="*", type=Path, help="catalogues to take over")

    def handle(self, **options: Any) -> None:
        if options["update"]:
            missing = translations.update(options["fragments"])
            self.stdout.write(f"{missing} texts lack a translation.")
        if options["compile"]:
            for path in translations.compile_all():
                self.stdout.write(f"made {path.name} of {path.parts[-3]}")
        if not options["update"] and not options["compile"]:
            found = translations.problems()
            if found:
                raise CommandError("\n".join(found))
            self.stdout.write("Every text is translated.")
