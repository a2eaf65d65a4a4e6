"""The published description: OpenAPI 3.1, made from the code."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_safe

from config.kit.api.building import PREFIX, api, operations, scope_of
from config.kit.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
WORDS = {"summary", "description"}
CONVERTER = re.compile(r"{[^}:]+:")
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": noop("Repeated with the same key, a request has one effect; kept for 24 hours."),
}
REFUSED = {
    "description": noop("A refusal, as RFC 9457 describes it."),
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
DESCRIPTION = noop(
    "Send the token of the program as `Authorization: Bearer …`. Each route names the scope that "
    "the token needs. Answers carry `RateLimit` and `RateLimit-Policy`; a refusal is "
    "`application/problem+json` with a pointer to each wrong value, in the language of "
    "`Accept-Language`."
)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """In the reader's language; the names in it are the same in all."""
    return JsonResponse(described())


def described() -> dict[str, Any]:
    """The whole document, in the active language."""
    return _described_in(get_language() or "en")


@cache
def _described_in(language: str) -> dict[str, Any]:
    with override(language):
        made: dict[str, Any] = _translated(_whole())
    return made


def _translated(part: Any, name: str = "") -> Any:
    if isinstance(part, dict):
        return {key: _translated(value, key) for key, value in part.items()}
    if isinstance(part, list):
        return [_translated(value) for value in part]
    return gettext(part) if name in WORDS and isinstance(part, str) and part else part


def _whole() -> dict[str, Any]:
    made: dict[str, Any] = dict(api().get_openapi_schema(path_prefix=PREFIX))
    made["info"] = {
        "title": f"{settings.SITE_NAME} API",
        "version": "1",
        "description": DESCRIPTION,
    }
    made["servers"] = [{"url": settings.SITE_URL}]
    components = made["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["securitySchemes"] = {"BearerToken": {"type": "http", "scheme": "bearer"}}
    for path, operation in operations():
        for method in operation.methods:
            _complete(made["paths"][path_of(path)][method.lower()], operation, method)
    return made


def path_of(route: str) -> str:
    """``/customers/{uuid:public_id}`` → ``/api/v1/customers/{public_id}``."""
    return f"/{PREFIX.rstrip('/')}{CONVERTER.sub('{', route)}"


def _complete(entry: dict[str, Any], operation: Any, method: str) -> None:
    """What holds for every route: its scope, its key, its refusals."""
    entry["security"] = [{"BearerToken": [scope_of(operation)]}]
    entry["responses"] = {str(key): one for key, one in entry["responses"].items()}
    entry["responses"]["default"] = REFUSED
    if method in {"POST", "PATCH", "PUT", "DELETE"} and KEY not in entry["parameters"]:
        entry["parameters"] = [*entry["parameters"], KEY]
