"""Two sessions that never mix: the storefront's cookie and the back office's own."""

from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from customers.sessions import BACKOFFICE, STOREFRONT, SessionStore

BACKOFFICE_PATH: Final = "/backoffice/"
SAME_SITE: Final = "Lax"


class ScopedSessionMiddleware(SessionMiddleware):
    """Under /backoffice/ the session lives in a cookie of its own name and path."""

    def process_request(self, request: HttpRequest) -> None:
        scope = BACKOFFICE if request.path.startswith(BACKOFFICE_PATH) else STOREFRONT
        request.session = SessionStore(request.COOKIES.get(cookie_name(scope)), scope=scope)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save a changed session and set, or delete, the cookie of its scope."""
        session: Any = request.session
        scope = session.scope
        name, path = cookie_name(scope), cookie_path(scope)
        if name in request.COOKIES and session.is_empty():
            response.delete_cookie(name, path=path, samesite=SAME_SITE)
            patch_vary_headers(response, ("Cookie",))
            return response
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
            session.touch()
        if session.modified and not session.is_empty() and response.status_code != 500:
            self._save(request, response)
        return response

    def _save(self, request: HttpRequest, response: HttpResponse) -> None:
        session: Any = request.session
        try:
            session.save()
        except UpdateError:
            session.flush()
            return
        session_cookie_set(response, session)


def session_cookie_set(response: HttpResponse, session: SessionStore) -> None:
    """Give the browser the key of a saved session."""
    response.set_cookie(
        cookie_name(session.scope),
        session.session_key or "",
        max_age=session.get_expiry_age(),
        path=cookie_path(session.scope),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=SAME_SITE,
    )


def cookie_name(scope: str) -> str:
    return (
        settings.STAFF_SESSION_COOKIE_NAME if scope == BACKOFFICE else settings.SESSION_COOKIE_NAME
    )


def cookie_path(scope: str) -> str:
    return settings.STAFF_SESSION_COOKIE_PATH if scope == BACKOFFICE else "/"
