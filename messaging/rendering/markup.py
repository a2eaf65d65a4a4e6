"""HTML and MJML around Liquid: constructs are taken out, the markup is tidied, and put back."""

import re
from typing import Final

from messaging.rendering.problems import TemplateRefused, Trouble, trouble_at

LIQUID: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
TOKEN: Final = re.compile(r"<!--lqd(\d+)x-->|lqd(\d+)x")
# What may stand in markup, in the order of trial; only what is outside of these is running text.
MARKUP: Final = re.compile(
    r"<!--.*?-->"
    r"|<(style|title|script|textarea)\b[^>]*>.*?</\1\s*>"
    r"|<!?/?[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>",
    re.DOTALL | re.IGNORECASE,
)
TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^'\">])*?)(?P<void>/?)>",
    re.DOTALL,
)
ATTRIBUTE: Final = re.compile(
    r"([^\s=\"'>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", re.DOTALL
)
BARE_AMPERSAND: Final = re.compile(r"&(?!#?\w{1,31};)")
MJML_TAGS: Final = frozenset(
    "mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-font mj-html-attributes "
    "mj-selector mj-html-attribute mj-preview mj-style mj-title mj-section mj-column mj-wrapper "
    "mj-group mj-text mj-button mj-image mj-divider mj-spacer mj-table mj-raw mj-hero mj-navbar "
    "mj-navbar-link mj-social mj-social-element mj-accordion mj-accordion-element "
    "mj-accordion-title mj-accordion-text mj-carousel mj-carousel-image".split()
)
VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Protected:
    """A source whose Liquid is replaced by tokens that markup tools carry along."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.constructs: list[tuple[str, int]] = []
        self.text = self._in_comments(LIQUID.sub(self._take, source))

    def _take(self, match: re.Match[str]) -> str:
        self.constructs.append((match.group(), match.start()))
        return f"lqd{len(self.constructs) - 1}x"

    def _in_comments(self, text: str) -> str:
        """Tags in running text become comments: those stay where they are even inside tables."""
        pieces: list[str] = []
        last = 0
        for match in MARKUP.finditer(text):
            pieces += [TOKEN.sub(self._comment, text[last : match.start()]), match.group()]
            last = match.end()
        pieces.append(TOKEN.sub(self._comment, text[last:]))
        return "".join(pieces)

    def _comment(self, match: re.Match[str]) -> str:
        number = int(match.group(2))
        if number < len(self.constructs) and self.constructs[number][0].startswith("{%"):
            return f"<!--lqd{number}x-->"
        return match.group()

    def restore(self, text: str) -> str:
        """Liquid again in the place of each token."""
        return TOKEN.sub(self._give, text)

    def _give(self, match: re.Match[str]) -> str:
        number = int(match.group(1) or match.group(2))
        return self.constructs[number][0] if number < len(self.constructs) else match.group()

    def lost(self, text: str) -> list[Trouble]:
        """The constructs that no longer occur after a tool has been at work."""
        kept = {int(match.group(1) or match.group(2)) for match in TOKEN.finditer(text)}
        return [
            trouble_at("tag_lost", self.source, start, tag=construct[:80])
            for number, (construct, start) in enumerate(self.constructs)
            if number not in kept
        ]


def tidy_mjml(protected: Protected) -> str:
    """MJML that its strict parser takes: HTML closed, attributes quoted, loose signs escaped.

    :raises TemplateRefused: an ``mj-`` element is closed by another or never.
    """
    text = protected.text
    pieces: list[str] = []
    open_tags: list[tuple[str, int]] = []
    last = 0
    for match in MARKUP.finditer(text):
        pieces.append(_escape_text(text[last : match.start()]))
        last = match.end()
        tag = TAG.fullmatch(match.group())
        if tag is None:
            pieces.append(match.group())
        elif tag["end"]:
            pieces.append(_close(tag["name"], open_tags, protected, match.start()))
        else:
            if _is_mjml(tag["name"]) and tag["name"] not in MJML_TAGS:
                where = _at("mjml_unknown", protected, match.start(), tag=tag["name"])
                raise TemplateRefused([where])
            pieces.append(_open(tag, open_tags, match.start()))
    pieces.append(_escape_text(text[last:]))
    for name, start in reversed(open_tags):
        if _is_mjml(name):
            raise TemplateRefused([_at("mjml_unclosed", protected, start, tag=name)])
    return "".join(pieces)


def _is_mjml(name: str) -> bool:
    return name == "mjml" or name.startswith("mj-")


def _at(code: str, protected: Protected, index: int, **params: str) -> Trouble:
    """A place in the protected text, told as a place of the source."""
    before = protected.restore(protected.text[:index])
    return trouble_at(code, protected.source, len(before), **params)


def _escape_text(text: str) -> str:
    pieces: list[str] = []
    last = 0
    for match in TOKEN.finditer(text):
        pieces += [_escape_signs(text[last : match.start()]), match.group()]
        last = match.end()
    return "".join([*pieces, _escape_signs(text[last:])])


def _escape_signs(text: str) -> str:
    return BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;")


def _open(tag: re.Match[str], open_tags: list[tuple[str, int]], start: int) -> str:
    name = tag["name"]
    attributes = "".join(
        f' {key}="{_quoted(double or single or bare)}"'
        for key, double, single, bare in ATTRIBUTE.findall(tag["rest"])
    )
    if tag["void"] or name.lower() in VOID:
        return f"<{name}{attributes} />"
    open_tags.append((name, start))
    return f"<{name}{attributes}>"


def _quoted(value: str) -> str:
    return BARE_AMPERSAND.sub("&amp;", value).replace("<", "&lt;").replace('"', "&quot;")


def _close(name: str, open_tags: list[tuple[str, int]], protected: Protected, start: int) -> str:
    """The end tag with those of the HTML elements left open in it; nothing for a stray one."""
    closed: list[str] = []
    for opened, _start in reversed(open_tags):
        if opened == name:
            del open_tags[len(open_tags) - len(closed) - 1 :]
            return "".join(f"</{one}>" for one in [*closed, name])
        if _is_mjml(opened):
            break
        closed.append(opened)
    if _is_mjml(name):
        raise TemplateRefused([_at("mjml_mismatch", protected, start, tag=name)])
    return ""
