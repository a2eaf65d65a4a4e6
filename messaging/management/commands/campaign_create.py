"""``manage.py campaign_create``: a draft from files."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.commanding import refusals
from messaging.selectors.campaigns import audience_preview
from messaging.services.campaigns import CampaignValues, campaign_create
from targets.models import Target


class Command(BaseCommand):
    help = "Make the draft of a campaign to a target."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--target", required=True, action="append", help="slug; repeatable")
        parser.add_argument("--exclude", action="append", default=[], help="slug; repeatable")
        parser.add_argument("--subject", required=True)
        parser.add_argument("--html", required=True, help="a file with HTML or MJML, or -")
        parser.add_argument("--text", help="a file with the text part")
        parser.add_argument("--name")
        parser.add_argument("--from", dest="sender", default="", help="the sender's address")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        body = read_text(options["html"])
        values = CampaignValues(
            name=options["name"] or options["slug"],
            slug=options["slug"],
            subject=options["subject"],
            body=body,
            body_format="mjml" if "<mjml" in body[:2000] else "html",
            text_body=read_text(options["text"]) if options["text"] else "",
            from_address=options["sender"],
            include=[target_id(slug) for slug in options["target"]],
            exclude=[target_id(slug) for slug in options["exclude"]],
        )
        with refusals():
            campaign = campaign_create(by=None, values=values)
            audience = audience_preview(campaign)
        if options["json"]:
            found = {
                "slug": campaign.slug,
                "audience": audience.total,
                "reachable": audience.reachable,
            }
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(
                f"{campaign.slug}: {audience.total:,} people, {audience.reachable:,} reachable"
            )


def read_text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not UTF-8 text.") from None


def target_id(slug: str) -> int:
    pk = Target.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if pk is None:
        raise CommandError(f"There is no target “{slug}”.")
    return pk
