"""One API out of the routes of all apps."""

import logging
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from config.kit.api.door import BearerToken, door
from config.kit.api.problems import Problems, of_refusal, of_several, problem
from config.kit.api.registry import routers
from config.kit.api.wording import wrongs_of
from config.kit.errors import DomainError

logger = logging.getLogger(__name__)
PREFIX = "api/v1/"


@cache
def api() -> NinjaAPI:
    """The API with everything that the apps registered."""
    built = NinjaAPI(
        title=settings.SITE_NAME,
        version="v1",
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        auth=BearerToken(""),
    )
    for path, router in routers.items():
        built.add_router(path, router)
    _handle_refusals(built)
    return built


def operations() -> list[tuple[str, Operation]]:
    """Every route with its path, those of routers within routers too."""
    return [
        ("/" + "/".join(part.strip("/") for part in (bound.prefix, path) if part.strip("/")), one)
        for bound in api()._get_bound_routers()
        for path, view in bound.path_operations.items()
        for one in view.operations
    ]


def scope_of(operation: Operation) -> str:
    """The scope that a route asks for; empty when it names none."""
    named = [one.scope for one in operation.auth_callbacks if isinstance(one, BearerToken)]
    return named[0] if len(named) == 1 == len(operation.auth_callbacks) else ""


def patterns() -> list[URLPattern]:
    """The routes, each behind the door; what is no route answers as a problem too."""
    made: list[Any] = api().urls[0]
    routes = [
        URLPattern(one.pattern, door(one.callback), one.default_args, one.name)
        for one in made
        if one.name != "api-root"
    ]
    return [*routes, re_path("", _no_such_address)]


def _no_such_address(request: HttpRequest) -> HttpResponse:
    return problem(404, "address_unknown", _("There is no such address."))


_no_such_address.csrf_exempt = True  # type: ignore[attr-defined]


def _handle_refusals(built: NinjaAPI) -> None:
    built.add_exception_handler(DomainError, _refused)
    built.add_exception_handler(Problems, _several)
    built.add_exception_handler(ValidationError, _not_valid)
    built.add_exception_handler(Http404, _not_found)
    built.add_exception_handler(HttpError, _http_error)
    built.add_exception_handler(Exception, _broken)


def _refused(_request: HttpRequest, refusal: Any) -> HttpResponse:
    return of_refusal(refusal)


def _several(_request: HttpRequest, found: Any) -> HttpResponse:
    return of_several(found)


def _not_valid(_request: HttpRequest, refusal: Any) -> HttpResponse:
    wrongs = wrongs_of(refusal.errors)
    if [one.code for one in wrongs] == ["json_invalid"]:
        return problem(400, "json_invalid", wrongs[0].detail)
    return of_several(Problems(wrongs))


def _not_found(_request: HttpRequest, _missing: Any) -> HttpResponse:
    return problem(404, "not_found", _("There is no such thing, or no longer."))


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 400:
        return problem(400, "json_invalid", _("This is no JSON."))
    code = "scope_missing" if error.status_code == 403 else "refused"
    return problem(error.status_code, code, str(error))


def _broken(request: HttpRequest, error: Any) -> HttpResponse:
    """A bug: written to the log with its trace, told without."""
    logger.error("api: %s %s failed", request.method, request.path, exc_info=error)
    return problem(
        500, "broken", _("The fault is ours, and it was written down. Nothing was changed.")
    )


__all__ = ["PREFIX", "api", "operations", "patterns", "scope_of"]
