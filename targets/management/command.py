"""What the commands about targets share: reading a rule, refusals, JSON."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kit.errors import DomainError
from targets.instants import moment_from
from targets.models import Target
from targets.rules.problems import RuleRefused


class TargetCommand(BaseCommand):
    """Refusals go to stderr, one problem a line, with exit status 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except RuleRefused as refusal:
            lines = (f"{one.path or '/'}: {one.message}" for one in refusal.problems)
            raise CommandError("\n".join(lines)) from None
        except DomainError as refusal:
            raise CommandError(refusal.message) from None

    def answer(self, values: dict[str, Any], text: str, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(values, ensure_ascii=False) if as_json else text)


def rule_text(path: str) -> str:
    """The content of the file, or of the standard input for ``-``."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise CommandError(f"{path}: {trouble}") from None


def instant_of(text: str | None, option: str) -> datetime | None:
    """The instant that an option gives, in the site's zone where it names none."""
    if not text:
        return None
    found = moment_from(text)
    if found is None:
        raise CommandError(f"{option} must be an instant such as 2026-11-01T00:00.")
    return found


def target_by_slug(slug: str) -> Target:
    target = Target.objects.filter(slug=slug).first()
    if target is None:
        raise CommandError(f"There is no target {slug}.")
    return target
