"""``manage.py setup_link``: the page where an empty installation gets its owner."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit.errors import DomainError
from customers.services.first_owner import setup_link


class Command(BaseCommand):
    help = "Print the link that makes the first owner. It holds for a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            link = setup_link()
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(json.dumps({"url": link}) if options["json"] else link)
