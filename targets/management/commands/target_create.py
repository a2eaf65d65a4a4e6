"""``manage.py target_create SLUG --rule FILE|-``: save a rule and find its people."""

from argparse import ArgumentParser
from typing import Any

from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from targets.management.command import TargetCommand, rule_text
from targets.models import Target
from targets.reading import rule_from_text
from targets.services.refresh import JOB_KIND, target_refresh
from targets.services.targets import target_create


class Command(TargetCommand):
    help = "Save a target with the rule of a file and print how many people are in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--rule", required=True, metavar="FILE|-")
        parser.add_argument("--name", default="", help="what people read (the slug)")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        slug = options["slug"]
        rule = rule_from_text(rule_text(options["rule"]))
        target = target_create(slug=slug, name=options["name"] or slug, rule=rule.to_json())
        self._find_people(target)
        target.refresh_from_db()
        self.answer(
            {"slug": slug, "count": target.members_count},
            f"{slug}: {target.members_count:,}",
            as_json=options["json"],
        )

    def _find_people(self, target: Target) -> None:
        """In this process; where a worker was quicker, wait for it and look again."""
        job_run_now(job=Job.objects.filter(kind=JOB_KIND, params__target=target.slug).latest("pk"))
        target.refresh_from_db()
        if target.evaluated_version != target.version:
            target_refresh(target=target)
