"""The text part of a mail, made from its HTML. Pure."""

import re
from html.parser import HTMLParser
from typing import Final

from messaging.rendering.markup import TOKEN

BLOCKS: Final = frozenset(
    "address article blockquote div dl dt dd fieldset figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table tr ul".split()
)
SPACED: Final = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table blockquote".split())
HIDDEN: Final = frozenset("head style script title template".split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self._hidden += 1
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "img":
            self.pieces.append(dict(attrs).get("alt") or "")
        elif tag in BLOCKS:
            self.pieces.append("\n\n" if tag in SPACED else "\n")
        if tag == "li":
            self.pieces.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in {"td", "th"}:
            self.pieces.append(" ")
        elif tag in BLOCKS:
            self.pieces.append("\n\n" if tag in SPACED else "\n")

    def _end_link(self, href: str, start: int) -> None:
        label = " ".join("".join(self.pieces[start:]).split())
        if href and not href.startswith("#") and href.removeprefix("mailto:") != label:
            self.pieces.append(f" ({href})" if label else href)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def handle_comment(self, data: str) -> None:
        if not self._hidden and TOKEN.fullmatch(data):
            self.pieces.append(data)


def text_of(html: str) -> str:
    """Readable text: paragraphs, ``- `` for list items, addresses behind their links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [
        re.sub(r"[ \t\xa0\u200b]+", " ", line).strip()
        for line in "".join(reader.pieces).split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
