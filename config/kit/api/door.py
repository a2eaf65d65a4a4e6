"""The way in for programs, around every route.

1. The body has a size that is read. 2. The token is known and live. 3. It asks no oftener than it
may. 4. The route runs in one transaction; a refusal leaves nothing behind. 5. A request that is
repeated with its idempotency key gets the first answer.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from config.kit import ratelimit
from config.kit.api.models import ApiToken
from config.kit.api.problems import of_refusal, problem
from config.kit.api.registry import scopes
from config.kit.api.services.answers import KEY_LIMIT, answer_claim, answer_keep, digest_of
from config.kit.api.services.tokens import token_of, token_seen
from config.kit.errors import DomainError
from config.kit.net import client_ip

logger = logging.getLogger(__name__)
Route = Callable[..., HttpResponseBase]
BODY_LIMIT = 2 * 1024 * 1024
MINUTE = timedelta(minutes=1)
STRANGERS_PER_MINUTE = 60
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}


class ApiRequest(HttpRequest):
    """A request of a program; ``program`` is its token."""

    program: ApiToken


class BearerToken(HttpBearer):
    """Lets a program in whose token has the scope. Each route names exactly one.

    The door has read the token before; cookies are never looked at.
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        program: ApiToken = request.program  # type: ignore[attr-defined]
        if self.scope not in program.scopes or self.scope not in scopes:
            raise HttpError(
                403, _("This token lacks the scope “%(scope)s”.") % {"scope": self.scope}
            )
        return program


def door(route: Route) -> Route:
    @wraps(route)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        too_large = _refuse_size(request)
        if too_large is not None:
            return too_large
        if "\0" in request.path or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            return problem(400, "address_unreadable", _("This address cannot be read."))
        token = token_of(_bearer(request))
        if token is None:
            return _refuse_stranger(request)
        request.program = token  # type: ignore[attr-defined]
        allowance = ratelimit.spend("api", str(token.pk), limit=token.per_minute, per=MINUTE)
        token_seen(token=token, request=request)
        answer = (
            _run(route, request, token, args, kwargs)
            if allowance.is_allowed
            else problem(
                429,
                "too_many_requests",
                _("This token asked too often. Wait %(n)s seconds.") % {"n": allowance.resets_in},
                headers={"Retry-After": str(allowance.resets_in)},
            )
        )
        answer["RateLimit-Policy"] = f'"default";q={token.per_minute};w=60'
        answer["RateLimit"] = f'"default";r={allowance.remaining};t={allowance.resets_in}'
        answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer

    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def _bearer(request: HttpRequest) -> str:
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""


def _refuse_size(request: HttpRequest) -> HttpResponse | None:
    is_upload = request.content_type == "multipart/form-data"
    limit = settings.IMPORT_MAX_BYTES if is_upload else BODY_LIMIT
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size <= limit:
        return None
    return problem(
        413,
        "body_too_large",
        _("The body may have %(limit)s bytes at most.") % {"limit": limit},
        limit=limit,
    )


def _refuse_stranger(request: HttpRequest) -> HttpResponse:
    """Whoever tries tokens out is slowed down by address."""
    allowance = ratelimit.spend(
        "api_stranger", client_ip(request) or "", limit=STRANGERS_PER_MINUTE, per=MINUTE
    )
    if not allowance.is_allowed:
        return problem(
            429,
            "too_many_requests",
            _("Too many requests without a valid token. Wait %(n)s seconds.")
            % {"n": allowance.resets_in},
            headers={"Retry-After": str(allowance.resets_in)},
        )
    return problem(
        401,
        "token_invalid",
        _("Send a valid token: “Authorization: Bearer …”. It may have expired or been revoked."),
        headers=CHALLENGE,
    )


def _run(
    route: Route, request: HttpRequest, token: ApiToken, args: Any, kwargs: Any
) -> HttpResponseBase:
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in WRITES:
        return _in_transaction(route, request, args, kwargs)
    if len(key) > KEY_LIMIT or not key.isprintable():
        return problem(
            400, "key_invalid", _("An idempotency key has 255 printable characters at most.")
        )
    try:
        with transaction.atomic():
            before = answer_claim(token=token, key=key, request_digest=digest_of(request))
            if before is not None:
                return before
            answer = _written(route, request, args, kwargs)
            if answer.status_code < 400 and isinstance(answer, HttpResponse):
                answer_keep(token=token, key=key, answer=answer)
            return answer
    except DomainError as refusal:
        return of_refusal(refusal)


def _in_transaction(route: Route, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    if request.method not in WRITES:
        return _called(route, request, args, kwargs)
    with transaction.atomic():
        return _written(route, request, args, kwargs)


def _written(route: Route, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    """Inside a transaction that a refusal takes back."""
    answer = _called(route, request, args, kwargs)
    if answer.status_code >= 400:
        transaction.set_rollback(True)
    return answer


def _called(route: Route, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    answer = route(request, *args, **kwargs)
    if answer.status_code == 405:
        methods = ", ".join(sorted(answer["Allow"].split(", ")))
        return problem(
            405,
            "method_not_allowed",
            _("This address takes: %(methods)s.") % {"methods": methods},
            headers={"Allow": methods},
        )
    return answer
