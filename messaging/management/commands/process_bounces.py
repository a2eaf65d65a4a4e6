"""``manage.py process_bounces``: bounces and complaints from a mailbox file or a pipe."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.bounces.mailbox import messages_in
from messaging.services.bounces import returned_process_many

KEYS: Final = ("processed", "bounced", "complained", "delivered", "ignored", "forged")


class Command(BaseCommand):
    help = "Act on returned mails. A mail server can pipe each one to it: process_bounces -"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="- reads standard input")
        parser.add_argument("--mbox", metavar="FILE", help="a mailbox file")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        name = options["mbox"] or options["file"]
        if not name:
            raise CommandError("Say --mbox FILE, or - for standard input.", returncode=2)
        if name == "-":
            counts = returned_process_many(messages=messages_in(sys.stdin.buffer))
        else:
            try:
                with Path(name).open("rb") as stream:
                    counts = returned_process_many(messages=messages_in(stream))
            except OSError as error:
                raise CommandError(f"{name}: {error.strerror}") from None
        found = {key: counts[key] for key in KEYS}
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            for key, count in found.items():
                self.stdout.write(f"{count:>10,}  {key}")
