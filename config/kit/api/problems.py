"""Refusals for programs: RFC 9457, with a pointer to each wrong value, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from config.kit.errors import DomainError

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:clientela:problem:"
# What a domain error means as an HTTP status; all others are 422.
STATUS = {
    "version_conflict": 412,
    "version_missing": 428,
    "email_taken": 409,
    "login_taken": 409,
    "external_id_taken": 409,
    "custom_value_taken": 409,
    "tag_taken": 409,
    "tag_in_use": 409,
    "category_taken": 409,
    "category_in_use": 409,
    "category_has_people": 409,
    "note_gone": 404,
    "import_elsewhere": 409,
    "key_in_use": 409,
}


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One wrong value: ``pointer`` is its JSON Pointer, or ``?name`` in the query."""

    pointer: str
    code: str
    detail: str


class Problems(Exception):
    """Several wrong values at once."""

    def __init__(self, errors: Sequence[Wrong]) -> None:
        super().__init__(f"{len(errors)} problems")
        self.errors = errors


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Iterable[Wrong] = (),
    headers: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    body: dict[str, Any] = {
        "type": TYPE + code.replace("_", "-"),
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    found = [{"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in errors]
    if found:
        body["errors"] = found
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def of_refusal(refusal: DomainError) -> HttpResponse:
    """What a service refused, at the field that it names."""
    status = STATUS.get(refusal.code, 422)
    errors = (
        [Wrong(pointer=pointer(refusal.field), code=refusal.code, detail=refusal.message)]
        if refusal.field
        else []
    )
    known = {key: refusal.data[key] for key in ("holder", "version") if key in refusal.data}
    return problem(status, refusal.code, refusal.message, errors=errors, **known)


def of_several(found: Problems) -> HttpResponse:
    return problem(
        422, "invalid", _("Some values are not valid; nothing was changed."), errors=found.errors
    )


def pointer(name: str) -> str:
    """``custom.shoe_size`` → ``/custom/shoe_size``."""
    return "/" + name.replace("~", "~0").replace("/", "~1").replace(".", "/")


def title_of(status: int) -> str:
    words = {
        400: _("The request cannot be read"),
        401: _("No valid token"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("This address does not take this method"),
        409: _("Conflict"),
        412: _("Changed meanwhile"),
        413: _("Too large"),
        415: _("Not this type of content"),
        422: _("Not valid"),
        428: _("A condition is missing"),
        429: _("Too many requests"),
        500: _("Something went wrong"),
    }
    return words.get(status) or HTTPStatus(status).phrase
