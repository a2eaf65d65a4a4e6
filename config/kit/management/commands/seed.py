"""``manage.py seed``: believable data at bulk speed, repeatable by seed."""

import json
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.kit import clock, partitions
from config.kit.seeding import SeedPlan, seeders


class Command(BaseCommand):
    help = "Write believable customers with activity and deliveries, repeatable by seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, required=True, metavar="N")
        parser.add_argument("--months", type=int, default=12, metavar="M")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--until", metavar="DATE", help="last day of the data (yesterday)")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["customers"] < 1 or not 1 <= options["months"] <= 60:
            raise CommandError("--customers must be at least 1, --months from 1 to 60.")
        began = time.monotonic()
        counts = seed(
            customers=options["customers"],
            months=options["months"],
            seed_number=options["seed"],
            until=_day(options["until"]),
            tell=None if options["json"] else self.stdout.write,
        )
        counts["seconds"] = round(time.monotonic() - began, 1)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            lines = (f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())
            self.stdout.write("\n".join(lines))


def seed(
    *,
    customers: int,
    months: int,
    seed_number: int = 1,
    until: datetime | None = None,
    campaigns: int | None = None,
    tell: Any = None,
) -> dict[str, Any]:
    """Run every seeder; returns counts by name, ``customers`` among them.

    There is a campaign a month unless ``campaigns`` says how many.
    """
    partitions.make_partitions(back=months + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_customer")
        base = cursor.fetchone()[0]
    plan = SeedPlan(
        customers=customers,
        months=months,
        seed=seed_number,
        until=until or clock.now(),
        base=base,
        campaigns=campaigns or months,
    )
    counts: dict[str, Any] = {"customers": customers}
    for name, seeder in seeders.items():
        began = time.monotonic()
        with transaction.atomic():
            counts.update(seeder(plan))
        if tell:
            tell(f"{name}: {time.monotonic() - began:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return counts


def _day(text: str | None) -> datetime:
    """The end of that day; the last midnight, so that a day's commands write equal rows."""
    if not text:
        return clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        raise CommandError("--until must be a day such as 2026-11-24.") from None
