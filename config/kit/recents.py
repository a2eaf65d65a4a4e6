"""The records that a member of staff opened last: ids in the session, read again when shown."""

from typing import Final

from config.kit.access import StaffRequest
from config.kit.search import Hit, SearchKind, kinds

KEY: Final = "recents"
MOST: Final = 8


def recent_note(request: StaffRequest, *, kind: str, key: str) -> None:
    """Put a record on top of the list of this session."""
    held: list[list[str]] = request.session.get(KEY, [])
    wanted = [kind, key]
    if held[:1] != [wanted]:
        request.session[KEY] = [wanted, *(one for one in held if one != wanted)][:MOST]


def recents_of(request: StaffRequest) -> list[tuple[SearchKind, Hit]]:
    """Newest first; what is gone or may not be seen is left out."""
    held: list[list[str]] = request.session.get(KEY, [])
    found: dict[tuple[str, str], tuple[SearchKind, Hit]] = {}
    for name in {one[0] for one in held}:
        kind = kinds.get(name)
        if kind is None or kind.recall is None or not request.user.has_perm(kind.permission):
            continue
        for hit in kind.recall([key for kind_name, key in held if kind_name == name]):
            found[name, hit.key] = (kind, hit)
    return [found[name, key] for name, key in held if (name, key) in found]
