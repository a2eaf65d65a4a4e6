"""``manage.py export_customers``: customers as CSV or XLSX, to a file or to the output."""

import json
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from config.kit.errors import DomainError
from customers.exporting.services import customers_of_target, export_record
from customers.exporting.writing import write_export
from customers.models import Customer


class Command(BaseCommand):
    help = "Write customers to a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--target", metavar="SLUG", help="only the members of this target")
        parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")
        parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="else the output")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and options["output"] is None:
            raise CommandError("--json needs -o FILE.", returncode=2)
        try:
            count = self._export(options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as problem:
            raise CommandError(f"{options['output']}: {problem.strerror}") from problem
        if options["json"]:
            self.stdout.write(json.dumps({"rows": count}))
        elif options["output"] is not None:
            text = ngettext("%(count)d customer written.", "%(count)d customers written.", count)
            self.stdout.write(text % {"count": count})

    def _export(self, options: dict[str, Any]) -> int:
        slug = options["target"]
        customers = customers_of_target(slug) if slug else Customer.objects.live()
        if options["output"] is not None:
            count = write_export(customers, options["output"], kind=options["format"])
        else:
            count = self._to_output(customers, options["format"])
        data = {"target": slug or "", "format": options["format"], "origin": "command"}
        export_record(by=None, rows=count, data=data)
        return count

    def _to_output(self, customers: Any, kind: str) -> int:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"customers.{kind}"
            count = write_export(customers, path, kind=kind)
            with path.open("rb") as file:
                while block := file.read(1024 * 1024):
                    sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
        return count
