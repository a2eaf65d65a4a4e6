"""Refusals of a rule: each names the place in the document and says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.kit.errors import DomainError

MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Problem:
    """``path`` is a JSON Pointer into the document."""

    path: str
    message: str


class RuleRefused(DomainError):
    """The document is no rule; ``problems`` holds at most 20 of the reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        first = problems[0]
        super().__init__(
            "rule_refused",
            _("%(path)s: %(message)s") % {"path": first.path or "/", "message": first.message},
            field="rule",
            data={"problems": [{"path": one.path, "message": one.message} for one in problems]},
        )


class Report:
    """Collects problems while a document is read; knows where the reader is."""

    def __init__(self, path: str = "") -> None:
        self.problems: list[Problem] = []
        self.path = path

    @contextmanager
    def inside(self, *keys: str | int) -> Iterator[None]:
        before = self.path
        self.path += "".join(f"/{pointer_token(key)}" for key in keys)
        try:
            yield
        finally:
            self.path = before

    def add(self, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.path, message))

    def raise_if_any(self) -> None:
        if self.problems:
            raise RuleRefused(self.problems)


def pointer_token(key: str | int) -> str:
    """A reference token of a JSON Pointer (RFC 6901); what UTF-8 cannot hold is shown as ``?``."""
    text = str(key)[:80].replace("~", "~0").replace("/", "~1").replace("\x00", "?")
    return text.encode("utf-8", "replace").decode()
