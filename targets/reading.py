"""From JSON to a rule: every refusal at its place, input of any depth and size survived."""

import json
from typing import Any, Literal

from django.utils.translation import gettext as _

from targets.catalog import Catalog
from targets.registry import filters
from targets.rules.problems import Report, RuleRefused
from targets.rules.tree import VERSION, Group, Leaf, Node, Not, Rule

MOST_LEVELS = 32
MOST_CONDITIONS = 500
MOST_PARTS = 2_000
LONGEST_DOCUMENT = 2_000_000
GROUPS = ("all", "any", "not")


def rule_from_text(text: str, catalog: Catalog | None = None) -> Rule:
    """Read a document as written in a file or by an expert.

    :raises RuleRefused: with the path and reason of each problem.
    """
    report = Report()
    document: Any = None
    if len(text) > LONGEST_DOCUMENT:
        report.add(_("This document is too long."))
    else:
        document = _loaded(text, report)
    report.raise_if_any()
    return rule_from_json(document, catalog)


def _loaded(text: str, report: Report) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        report.add(_("Rules nest at most %(most)d levels.") % {"most": MOST_LEVELS})
    except json.JSONDecodeError as wrong:
        report.add(
            _("This is not JSON: line %(line)d, column %(column)d.")
            % {"line": wrong.lineno, "column": wrong.colno}
        )
    except ValueError:
        report.add(_("This number is too large."))
    return None


def rule_from_json(document: Any, catalog: Catalog | None = None) -> Rule:
    """Check a document that is already JSON values.

    :raises RuleRefused: with the path and reason of each problem.
    """
    reader = Reader(catalog or Catalog())
    rule = reader.document(document)
    reader.report.raise_if_any()
    if rule is None:
        raise RuleRefused([])
    return rule


class Reader:
    """Walks a document; limits are checked before each step down, so depth cannot hurt."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.report = Report()
        self._conditions = 0
        self._parts = 0

    def document(self, raw: Any) -> Rule | None:
        if not isinstance(raw, dict):
            self.report.add(_("Write an object with: %(keys)s.") % {"keys": "version, rule"})
            return None
        for key in raw:
            if key not in ("version", "rule"):
                with self.report.inside(key):
                    self.report.add(_("This key is unknown here."))
        version = raw.get("version")
        if version != VERSION or isinstance(version, bool):
            with self.report.inside("version"):
                self.report.add(_("The version of a rule is %(version)d.") % {"version": VERSION})
        with self.report.inside("rule"):
            root = self.node(raw.get("rule"), 0)
        return Rule(root) if root else None

    def node(self, raw: Any, level: int) -> Node | None:
        """A part of the rule; ``level`` counts the groups around it."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            if self._parts == MOST_PARTS + 1:
                self.report.add(_("A rule has at most %(most)d parts.") % {"most": MOST_PARTS})
            return None
        if not isinstance(raw, dict):
            self.report.add(_("Write a condition, or a group: all, any or not."))
            return None
        kinds = [kind for kind in GROUPS if kind in raw]
        if not kinds:
            return self._leaf(raw)
        if len(raw) > 1:
            self.report.add(_("A group has one key: all, any or not."))
            return None
        if level >= MOST_LEVELS:
            self.report.add(_("Rules nest at most %(most)d levels.") % {"most": MOST_LEVELS})
            return None
        return self._group(kinds[0], raw[kinds[0]], level + 1)

    def _group(self, kind: str, raw: Any, level: int) -> Node | None:
        with self.report.inside(kind):
            if kind == "not":
                part = self.node(raw, level)
                return Not(part) if part else None
            if not isinstance(raw, list):
                self.report.add(_("Write a list of conditions and groups."))
                return None
            parts: list[Node] = []
            for index, one in enumerate(raw[: MOST_PARTS + 1]):
                with self.report.inside(index):
                    part = self.node(one, level)
                if part:
                    parts.append(part)
            group: Literal["all", "any"] = "all" if kind == "all" else "any"
            return Group(group, tuple(parts))

    def _leaf(self, raw: dict[str, Any]) -> Leaf | None:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            if self._conditions == MOST_CONDITIONS + 1:
                self.report.add(
                    _("A rule has at most %(most)d conditions.") % {"most": MOST_CONDITIONS}
                )
            return None
        name = raw.get("filter")
        known = filters.get(name) if isinstance(name, str) else None
        if known is None:
            with self.report.inside("filter"):
                self.report.add(_("There is no such filter."))
            return None
        before = len(self.report.problems)
        values = known.read(raw, self.report, self.catalog)
        return Leaf.of(values) if len(self.report.problems) == before else None
