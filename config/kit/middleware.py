"""Language of the reader, and the default deny of the back office."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from config.kit.access import PERMISSION_ATTRIBUTE

Respond = Callable[[HttpRequest], HttpResponse]
BACKOFFICE = "/backoffice/"


class LanguageMiddleware:
    """The cookie's language, else the browser's, else the site's. A log-in sets the cookie."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


class BackofficeMiddleware:
    """Refuses back-office views that name no permission, and keeps their pages out of caches."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if request.path.startswith(BACKOFFICE):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if request.path.startswith(BACKOFFICE) and not hasattr(view, PERMISSION_ATTRIBUTE):
            raise PermissionDenied
