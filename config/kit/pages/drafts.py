"""What was typed into a long form survives a lost window: the browser keeps it until it is saved.

A form with ``data-draft`` and a key is kept in the browser, apart for each member of staff
(``static/js/drafts.js``); the page offers it and never fills it in by itself. Only the server says
that it is saved, on the next page. Logging out forgets all.
"""

from django.http import HttpRequest

DONE = "drafts_done"


def draft_done(request: HttpRequest, key: str) -> None:
    """What was typed into the form of this key is saved."""
    request.session[DONE] = [*request.session.get(DONE, []), key]


def drafts_done(request: HttpRequest) -> list[str]:
    """What was saved since the last page, told once."""
    if DONE not in request.session:
        return []
    done: list[str] = request.session.pop(DONE)
    return done
