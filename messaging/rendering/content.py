"""A campaign's content, compiled: MJML to HTML, styles inlined, links numbered, text made. Pure.

What comes out is Liquid again; the addresses that are made per mail are variables of ``_m``.
"""

import html as html_module
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import css_inline
import mjml

from messaging.rendering import liquid_engine
from messaging.rendering.markup import LIQUID, TOKEN, Protected, tidy_mjml
from messaging.rendering.plain import text_of
from messaging.rendering.problems import TemplateRefused, Trouble, trouble_at

UNSUBSCRIBE: Final = "unsubscribe_url"
VIEW: Final = "view_url"
LINK: Final = re.compile(r'(<(?:a|area)\b(?:\s+[^\s=>"]+(?:="[^"]*")?)*?\s+href=")([^"]*)(")', re.I)
SCHEME: Final = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "sms"})
OWN_LINK: Final = re.compile(rf"\{{\{{-?\s*({UNSUBSCRIBE}|{VIEW})\s*-?\}}\}}")
SCRIPT: Final = re.compile(r"<script\b", re.IGNORECASE)
HEADER_BREAK: Final = re.compile(r"[\r\n\x00]")
# No page, no file: the one place where styles are inlined may never fetch anything.
INLINER: Final = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
HIDDEN_STYLE: Final = (
    "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px"
)
FOOTER_STYLE: Final = (
    "padding:24px 16px;font-family:Arial,sans-serif;font-size:12px;line-height:18px;"
    "color:#5c5c5c;text-align:center"
)


@dataclass(frozen=True, kw_only=True)
class Footer:
    """The lines that every marketing mail ends with when its template has none of its own."""

    reason: str
    unsubscribe: str
    view: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """What staff wrote, and how it is to go out."""

    subject: str
    preheader: str
    body: str
    body_format: str
    text_body: str
    known: Collection[str]
    language: str = "es"
    footer: Footer | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    click_base: str = ""
    open_base: str = ""


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """Liquid templates, the numbered links, and the variables that the mail reads."""

    subject: str
    html: str
    text: str
    links: list[dict[str, str]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    has_own_unsubscribe: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compile_content(source: Source) -> Compiled:
    """Compile a template.

    :raises TemplateRefused: with every trouble that was found and its place.
    """
    used = _examine_parts(source)
    protected = Protected(source.body)
    html = _to_html(protected, source)
    troubles = protected.lost(html) if source.body_format == "mjml" else []
    if troubles:
        raise TemplateRefused(troubles)
    has_own = UNSUBSCRIBE in used
    html = _with_frame(html, source, has_own=has_own)
    links = _Links(protected, tracked=source.tracks_clicks, base=source.click_base)
    html = LINK.sub(links.replace, html)
    if links.troubles:
        raise TemplateRefused(links.troubles)
    return Compiled(
        subject=source.subject.strip(),
        html=protected.restore(_with_pixel(html, source)),
        text=_text(protected, html, source, has_own=has_own),
        links=links.found,
        used=sorted(used | ({UNSUBSCRIBE, VIEW} if source.footer else set())),
        has_own_unsubscribe=has_own,
    )


def _examine_parts(source: Source) -> set[str]:
    used: set[str] = set()
    troubles: list[Trouble] = []
    parts = {
        "subject": source.subject,
        "preheader": source.preheader,
        "body": source.body,
        "text_body": source.text_body,
    }
    for part, text in parts.items():
        try:
            used |= liquid_engine.examine(text, part=part, known=source.known)
        except TemplateRefused as refused:
            troubles += refused.troubles
    for part in ("subject", "preheader"):
        if found := HEADER_BREAK.search(parts[part]):
            troubles.append(trouble_at("line_break", parts[part], found.start(), part))
    if found := SCRIPT.search(source.body):
        troubles.append(trouble_at("script", source.body, found.start()))
    if troubles:
        raise TemplateRefused(troubles)
    return used


def _to_html(protected: Protected, source: Source) -> str:
    text = protected.text
    if source.body_format == "mjml":
        text = _mjml_to_html(protected)
    try:
        return str(INLINER.inline(text))
    except css_inline.InlineError as error:
        raise TemplateRefused([Trouble(code="css", params={"detail": str(error)[:200]})]) from None


def _mjml_to_html(protected: Protected) -> str:
    if "<mjml" not in protected.text:
        raise TemplateRefused([Trouble(code="mjml_root", line=1, column=1)])
    if found := re.search(r"<mj-include\b", protected.text):
        raise TemplateRefused([trouble_at("mjml_include", protected.text, found.start())])
    text = tidy_mjml(protected)
    try:
        return str(mjml.mjml2html(text, fonts={}))  # no request to a third party
    except ValueError as error:
        raise TemplateRefused([_mjml_trouble(error, text, protected)]) from None


def _mjml_trouble(error: ValueError, text: str, protected: Protected) -> Trouble:
    """Its parser tells a place only sometimes, as offsets in bytes."""
    place = re.search(r" at position (\d+):\d+", str(error))
    detail = re.sub(r" at position .*", "", str(error))[:200]
    if place is None:
        return Trouble(code="mjml", params={"detail": detail})
    before = text.encode()[: int(place.group(1))].decode(errors="ignore")
    line = protected.restore(before).count("\n") + 1
    return Trouble(code="mjml", line=line, params={"detail": detail})


def _with_frame(html: str, source: Source, *, has_own: bool) -> str:
    """The preview text on top; below, why one gets this mail and how to leave."""
    if source.preheader.strip():
        html = _after_body_tag(html, _hidden(source.preheader))
    if source.footer and not has_own:
        html = _before_body_end(html, _html_footer(source.footer))
    if 'lang="' not in html[:400]:
        html = re.sub(r"<html\b", f'<html lang="{source.language}"', html, count=1)
    return html


def _hidden(preheader: str) -> str:
    text = preheader.strip()
    pieces: list[str] = []
    last = 0
    for match in LIQUID.finditer(text):
        pieces += [html_module.escape(text[last : match.start()]), match.group()]
        last = match.end()
    pieces.append(html_module.escape(text[last:]))
    return f'<div style="{HIDDEN_STYLE}">{"".join(pieces)}</div>'


def _html_footer(footer: Footer) -> str:
    reason, leave, view = (
        html_module.escape(text) for text in (footer.reason, footer.unsubscribe, footer.view)
    )
    return (
        f'<div style="{FOOTER_STYLE}">{reason}<br>'
        f'<a href="{{{{ {UNSUBSCRIBE} }}}}" style="color:#5c5c5c">{leave}</a> · '
        f'<a href="{{{{ {VIEW} }}}}" style="color:#5c5c5c">{view}</a></div>'
    )


def _after_body_tag(html: str, piece: str) -> str:
    found = re.search(r"<body\b(?:\"[^\"]*\"|[^>\"])*>", html)
    end = found.end() if found else 0
    return html[:end] + piece + html[end:]


def _before_body_end(html: str, piece: str) -> str:
    at = html.rfind("</body>")
    return html[:at] + piece + html[at:] if at >= 0 else html + piece


def _with_pixel(html: str, source: Source) -> str:
    if not source.tracks_opens:
        return html
    pixel = (
        f'<img src="{source.open_base}{{{{ _m.open }}}}.gif" width="1" height="1" alt="" '
        'style="display:block;border:0">'
    )
    return _before_body_end(html, pixel)


def _text(protected: Protected, html: str, source: Source, *, has_own: bool) -> str:
    if not source.text_body.strip():
        return protected.restore(text_of(html.replace(_hidden(source.preheader), "")))
    text = source.text_body.replace("\r\n", "\n").strip() + "\n"
    if source.footer and UNSUBSCRIBE not in text and not (has_own and OWN_LINK.search(text)):
        text += f"\n{source.footer.reason}\n{source.footer.unsubscribe}: {{{{ {UNSUBSCRIBE} }}}}\n"
    return text


class _Links:
    """Gives each address its number and puts the tracked one in its place."""

    def __init__(self, protected: Protected, *, tracked: bool, base: str) -> None:
        self.protected = protected
        self.tracked = tracked
        self.base = base
        self.found: list[dict[str, str]] = []
        self.troubles: list[Trouble] = []
        self._numbers: dict[str, int] = {}

    def replace(self, match: re.Match[str]) -> str:
        before, raw, after = match.groups()
        url = html_module.unescape(raw).strip()
        if OWN_LINK.fullmatch(self.protected.restore(url)) or not url or url.startswith("#"):
            return match.group()
        scheme = SCHEME.match(url)
        if scheme is None or scheme.group(1).lower() not in SCHEMES:
            self.troubles.append(self._refuse(url))
            return match.group()
        tracked = self.tracked and scheme.group(1).lower().startswith("http")
        if not tracked or TOKEN.search(url):
            return match.group()
        number = self._numbers.setdefault(url, len(self._numbers) + 1)
        if number > len(self.found):
            self.found.append({"url": url, "label": self._label(match)})
        return f"{before}{self.base}{{{{ _m.l{number} }}}}{after}"

    def _label(self, match: re.Match[str]) -> str:
        rest = match.string[match.end() : match.end() + 2000]
        inner = re.split(r"</a\s*>", rest, maxsplit=1, flags=re.IGNORECASE)[0]
        label = " ".join(text_of(f"<a {inner}").split())
        return self.protected.restore(label)[:200]

    def _refuse(self, url: str) -> Trouble:
        shown = self.protected.restore(url)
        index = self.protected.source.find(shown)
        code = "link_variable" if TOKEN.match(url) else "link_scheme"
        return trouble_at(code, self.protected.source, max(index, 0), url=shown[:200])


def sample_values(known: Mapping[str, str]) -> dict[str, Any]:
    """Nested plain values from dotted names, as templates read them."""
    nested: dict[str, Any] = {}
    for name, value in known.items():
        head, _dot, tail = name.partition(".")
        if tail:
            nested.setdefault(head, {})[tail] = value
        else:
            nested[head] = value
    return nested
