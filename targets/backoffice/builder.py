"""The builder: a draft with its sentences, counts, problems and controls, ready to be shown."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.errors import DomainError
from targets.backoffice.draft import (
    DraftGroup,
    DraftLeaf,
    DraftNode,
    leaves,
    name_of,
    pointers,
    required,
    to_rule,
)
from targets.catalog import Catalog
from targets.inputs import Choice, Input
from targets.picks import rule_place, with_picks
from targets.reading import rule_from_json
from targets.registry import SECTIONS, filters
from targets.rules.problems import Report, RuleRefused
from targets.rules.tree import VERSION, Leaf, Rule
from targets.rules.words import Phrase
from targets.selectors.evaluation import Counts, counts, counts_estimated, preview
from targets.selectors.words import rule_words

GROUP_CHOICES = (
    Choice("all", gettext_lazy("all")),
    Choice("any", gettext_lazy("any")),
    Choice("none", gettext_lazy("none")),
)
CONNECTORS = {
    "all": gettext_lazy("and"),
    "any": gettext_lazy("or"),
    "none": gettext_lazy("nor"),
}
DEEPEST_INDENT = 4
QUICK_MS = 300


@dataclass
class Line:
    """A condition or a group of the tree, with what stands beside it."""

    name: str
    level: int
    connector: str
    bars: list[str]
    is_group: bool
    kind: str = ""
    opens: bool = False
    leaf: DraftLeaf | None = None
    json: str = ""
    phrase: Phrase | None = None
    inputs: Sequence[Input] = ()
    problems: list[str] = field(default_factory=list)
    count: int | None = None
    share: float | None = None
    unknown: int = 0
    unknown_name: str = ""
    may_include: bool = False
    is_first: bool = False
    ends: bool = False
    is_touched: bool = False

    @property
    def filter_id(self) -> str:
        return str(self.leaf.raw.get("filter", "")) if self.leaf else ""

    @property
    def parent(self) -> str:
        """The name of the group it stands in: n1_0 is in n1, n1 in n."""
        return self.name.rpartition("_")[0] or "n"

    @property
    def place(self) -> str:
        """Where something dropped before this line goes: its group and place, as posted."""
        if self.ends:
            return f"{self.name}:end"
        return f"{self.parent}:{self.name.rpartition('_')[2].removeprefix('n')}"

    @property
    def indent(self) -> int:
        return min(self.level, DEEPEST_INDENT)


@dataclass
class Section:
    label: Any
    choices: list[Choice]


class Builder:
    """Reads a draft once: which leaves are complete, what the rest counts."""

    def __init__(
        self,
        root: DraftGroup,
        catalog: Catalog,
        *,
        token: str = "",
        touched: DraftNode | None = None,
    ) -> None:
        self.root = root
        self.touched = touched
        self.catalog = catalog
        self.token = token
        self.problems: dict[int, list[str]] = {}
        self.compiled_leaves: dict[int, Leaf] = {}
        for leaf in leaves(root):
            self._read(leaf)
        self.without = frozenset(self.problems)
        self.covered = {
            id(leaf) for leaf, beside in required(root) if beside == self.presence(leaf)
        }
        self.document = {"version": VERSION, "rule": to_rule(root, without=self.without)}
        self.rule: Rule | None = None
        self.refusal = ""
        self.counts: Counts | None = None
        self._check()

    def _read(self, leaf: DraftLeaf) -> None:
        report = Report()
        name = leaf.raw.get("filter")
        known = filters.get(name) if isinstance(name, str) else None
        if known is None:
            report.add(_("Choose what to ask."))
        else:
            values = known.read(leaf.raw, report, self.catalog)
            if not report.problems:
                self.compiled_leaves[id(leaf)] = Leaf.of(values)
        if report.problems:
            self.problems[id(leaf)] = [one.message for one in report.problems]

    def presence(self, leaf: DraftLeaf) -> dict[str, Any] | None:
        """The condition that what this one asks for is known; None where none can be missing."""
        read = self.compiled_leaves.get(id(leaf))
        return filters[read.filter].presence(read, self.catalog) if read else None

    def _check(self) -> None:
        try:
            self.rule = rule_from_json(self.document, self.catalog)
        except RuleRefused as refusal:
            self.refusal = refusal.message

    def count(self) -> None:
        """The number of people at every node: exact when that is quick, else an estimate first."""
        if self.rule is None:
            return
        try:
            with preview(self.token, milliseconds=QUICK_MS):
                self.counts = counts(self.whole(self.rule))
        except DomainError as slow:
            if slow.code == "preview_too_slow":
                self._try(counts_estimated)
            else:
                self.refusal = slow.message

    def count_exactly(self) -> None:
        """Within the time of a preview; when that is not enough, the estimate stays."""
        if self.rule is None:
            return
        self._try(counts)
        if self.counts is None:
            self._try(counts_estimated)

    def _try(self, ask: Callable[[Rule], Counts]) -> None:
        if self.rule is None:
            return
        try:
            with preview(self.token):
                self.counts = ask(self.whole(self.rule))
        except DomainError as refusal:
            self.refusal = refusal.message

    def whole(self, rule: Rule) -> Rule:
        """With whom staff put in or left out by hand: that is who the target has."""
        return with_picks(rule, self.catalog.own_slug, self.catalog)

    @property
    def is_complete(self) -> bool:
        return not self.problems and self.rule is not None

    @property
    def full_document(self) -> dict[str, Any]:
        """The rule as it stands, unfinished conditions too: what saving would check."""
        return {"version": VERSION, "rule": to_rule(self.root)}

    @property
    def text(self) -> str:
        return json.dumps(self.full_document, ensure_ascii=False, indent=2)

    @property
    def words(self) -> str:
        return rule_words(self.rule, self.catalog) if self.rule else ""

    @property
    def share(self) -> float | None:
        found = self.counts
        return found.total / found.people if found and found.people else None

    @property
    def lines(self) -> list[Line]:
        """The tree from top to bottom, as the screen shows it."""
        top = rule_place(self.catalog.own_slug, self.catalog)
        places = {id(node): at for node, at in pointers(self.root, without=self.without, at=top)}
        return list(self._lines(self.root, (), [], "", places))

    def _lines(
        self,
        node: DraftNode,
        path: tuple[int, ...],
        bars: list[str],
        connector: str,
        places: dict[int, str],
    ) -> list[Line]:
        line = Line(
            name_of(path),
            len(path),
            connector,
            bars,
            isinstance(node, DraftGroup),
            is_first=not path or path[-1] == 0,
            is_touched=node is self.touched,
        )
        self._add_numbers(line, places.get(id(node), ""))
        if isinstance(node, DraftLeaf):
            self._add_leaf(line, node)
            return [line]
        line.kind = node.kind
        found = [line]
        inner = [*bars, node.kind]
        for index, part in enumerate(node.parts):
            word = str(CONNECTORS[node.kind]) if index else ""
            found += self._lines(part, (*path, index), inner, word, places)
        found.append(Line(line.name, len(path) + 1, "", inner, True, node.kind, ends=True))
        return found

    def _add_numbers(self, line: Line, pointer: str) -> None:
        if self.counts is None or not pointer:
            return
        line.count = self.counts.nodes.get(pointer)
        if line.count is not None and self.counts.people:
            line.share = line.count / self.counts.people
        line.unknown = self.counts.unknown.get(pointer, 0)

    def _add_leaf(self, line: Line, leaf: DraftLeaf) -> None:
        line.leaf = leaf
        known = filters.get(line.filter_id)
        is_fresh = known is not None and leaf.raw == known.blank(self.catalog)
        line.problems = [] if is_fresh else self.problems.get(id(leaf), [])
        read = self.compiled_leaves.get(id(leaf))
        if known and read:
            line.phrase = known.phrase(read, self.catalog)
            is_asked = line.unknown and "none" in line.bars and id(leaf) not in self.covered
            line.unknown_name = known.missing(read, self.catalog) if is_asked else ""
            is_negated = line.bars.count("none") % 2 == 1
            line.may_include = is_negated and self.presence(leaf) is not None
        line.opens = leaf.is_open or read is None
        if line.opens and known:
            line.inputs = known.inputs(leaf.raw, f"{line.name}-", self.catalog)
        line.json = json.dumps(leaf.raw, ensure_ascii=False)

    @property
    def sections(self) -> list[Section]:
        """The filters that a condition can be, for the chooser."""
        found = []
        for key, label in SECTIONS.items():
            choices = [Choice(one.id, one.label) for one in filters.values() if one.section == key]
            if choices:
                found.append(Section(label, choices))
        return found
