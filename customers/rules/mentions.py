"""Whom an @ in a note means: a colleague's name, or what stands before the @ of their e-mail."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

AT = re.compile(r"(?<![\w.@])@(?=\w)")
ENDS = re.compile(r"(?![\w@]|[.\-]\w)")
LONGEST = 150


@dataclass(frozen=True)
class Colleague:
    id: int
    name: str
    email: str

    @property
    def prefix(self) -> str:
        return self.email.partition("@")[0]

    @property
    def handles(self) -> set[str]:
        """What they may be called by: the whole name, the first word of it, the e-mail's prefix."""
        names = {self.name, self.name.partition(" ")[0], self.prefix}
        return {folded(one)[:LONGEST] for one in names if one}


@dataclass(frozen=True)
class Mention:
    """``text`` is what stands after the @, as it was written."""

    user_id: int
    text: str


def folded(text: str) -> str:
    """Without case and accents, and as long as the text."""
    return "".join(unicodedata.normalize("NFD", one)[0].lower()[:1] for one in text)


def mentions_in(text: str, colleagues: Iterable[Colleague]) -> list[Mention]:
    """The longest handle counts; one that several people share means nobody."""
    owners: dict[str, set[int]] = {}
    for one in colleagues:
        for handle in one.handles:
            owners.setdefault(handle, set()).add(one.id)
    lengths = sorted({len(handle) for handle in owners}, reverse=True)
    plain = folded(text)
    found: dict[Mention, None] = {}
    for match in AT.finditer(plain):
        start = match.end()
        handle = _handle_at(plain, start, owners, lengths)
        if len(owners.get(handle, ())) == 1:
            (user_id,) = owners[handle]
            found[Mention(user_id, text[start : start + len(handle)])] = None
    return list(found)


def _handle_at(plain: str, start: int, owners: dict[str, set[int]], lengths: Sequence[int]) -> str:
    for length in lengths:
        handle = plain[start : start + length]
        if handle in owners and ENDS.match(plain, start + length):
            return handle
    return ""


def handle_of(person: Colleague, colleagues: Iterable[Colleague]) -> str:
    """What to write so that this person alone is meant."""
    others = set[str]().union(*(one.handles for one in colleagues if one.id != person.id))
    return next(
        (one for one in (person.name, person.prefix) if one and folded(one) not in others), ""
    )


def colleagues_like(text: str, colleagues: Sequence[Colleague], limit: int) -> list[Colleague]:
    """Those of whom a word of the name, or the e-mail, begins so."""
    begun = folded(text.strip())
    return [
        one
        for one in colleagues
        if folded(one.name).startswith(begun)
        or any(word.startswith(begun) for word in folded(one.name).split())
        or folded(one.prefix).startswith(begun)
    ][:limit]


def split_at(text: str, mentions: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a mention."""
    names = sorted(set(mentions), key=len, reverse=True)
    if not names:
        return [(text, False)]
    pattern = rf"((?<![\w.@])@(?:{'|'.join(map(re.escape, names))}){ENDS.pattern})"
    pieces = re.split(pattern, text)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]
