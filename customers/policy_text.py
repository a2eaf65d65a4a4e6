"""The text of a policy as a page shows it, and what differs between two texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS: Final = {
    *("h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "strong", "em", "a", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
WORDS_COMPARED: Final = 500
Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, kw_only=True)
class DiffLine:
    """A line of the newer or the older text; ``pieces`` tell the words that differ."""

    kind: Literal["same", "added", "removed", "changed"]
    pieces: list[Piece]


def policy_html(body: str) -> SafeString:
    """Markdown as clean HTML: headings from the second level on, lists, tables, links."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    lowered = made.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return SafeString(
        nh3.clean(lowered, tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener noreferrer")
    )


def text_changes(before: str, after: str) -> list[DiffLine]:
    """Line by line; of a line that was rewritten, word by word."""
    old, new = before.splitlines(), after.splitlines()
    return [
        line
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for line in _block(tag, old[i1:i2], new[j1:j2])
    ]


def _block(tag: str, old: list[str], new: list[str]) -> Iterator[DiffLine]:
    if tag == "equal":
        yield from (_whole("same", line) for line in old)
    elif tag == "replace" and len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from _rewritten(one, other)
    else:
        yield from (_whole("removed", line) for line in old)
        yield from (_whole("added", line) for line in new)


def _rewritten(old: str, new: str) -> Iterator[DiffLine]:
    before, after = old.split(), new.split()
    if max(len(before), len(after)) > WORDS_COMPARED:
        yield _whole("removed", old)
        yield _whole("added", new)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(kind="same", text=" ".join(before[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece(kind="removed", text=" ".join(before[i1:i2])))
        if j1 < j2:
            pieces.append(Piece(kind="added", text=" ".join(after[j1:j2])))
    yield DiffLine(kind="changed", pieces=pieces)


def _whole(kind: Kind, line: str) -> DiffLine:
    return DiffLine(kind=kind, pieces=[Piece(kind=kind, text=line)])
