"""The reference of the API for people, made of the same description that programs read."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.kit.access import StaffRequest, backoffice
from config.kit.api.openapi import described
from config.kit.pages.pieces import Tone

TONES: dict[str, Tone] = {
    "get": "info",
    "post": "ok",
    "put": "copper",
    "patch": "copper",
    "delete": "danger",
}
DEEP = 3


@dataclass(frozen=True, kw_only=True)
class Value:
    """A parameter or a field: ``place`` is ``path``, ``query``, ``header`` or empty."""

    name: str
    kind: str
    is_required: bool
    help: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Route:
    key: str
    method: str
    tone: Tone
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[Value]
    fields: list[Value]
    answers: list[tuple[str, str]]
    example: str


@backoffice("api.view_apitoken")
@require_safe
def reference(request: StaffRequest) -> HttpResponse:
    document = described()
    groups: dict[str, list[Route]] = {}
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            groups.setdefault(entry["tags"][0], []).append(_route(document, path, method, entry))
    context = {"groups": groups, "intro": _prose(document["info"]["description"])}
    return render(request, "programs/reference.html", context)


def _route(document: dict[str, Any], path: str, method: str, entry: dict[str, Any]) -> Route:
    body = _body(entry)
    return Route(
        key=entry["operationId"],
        method=method.upper(),
        tone=TONES[method],
        path=path,
        summary=entry["summary"],
        description=_prose(entry.get("description", "")),
        scope=entry["security"][0]["BearerToken"][0],
        parameters=[
            Value(
                name=one["name"],
                kind=_kind(document, one["schema"]),
                is_required=one["required"],
                help=_prose(one.get("description", "")),
                place=one["in"],
            )
            for one in entry["parameters"]
        ],
        fields=_fields(document, body),
        answers=[
            (status, _shape(answer))
            for status, answer in entry["responses"].items()
            if status != "default"
        ],
        example=_example(document, path, method, body),
    )


def _prose(text: str) -> SafeString:
    """What stands between backticks is code."""
    pieces = enumerate(text.split("`"))
    return format_html_join("", "{}", ((_code(one) if n % 2 else one,) for n, one in pieces))


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _body(entry: dict[str, Any]) -> dict[str, Any]:
    return _schema(entry.get("requestBody", {}))


def _schema(holder: dict[str, Any]) -> dict[str, Any]:
    """The schema of the one content type of a body or an answer; empty for none."""
    for content in holder.get("content", {}).values():
        schema: dict[str, Any] = content.get("schema", {})
        return schema
    return {}


def _followed(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference, or the one choice beside null, leads to."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        return _followed(document, choices[0])
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        return found
    return schema


def _fields(
    document: dict[str, Any], schema: dict[str, Any], before: str = "", depth: int = 0
) -> list[Value]:
    """The fields of a body, with those of its parts as ``address.city`` and ``events[].kind``."""
    found = _followed(document, schema)
    if found.get("type") == "array" and depth < DEEP:
        return _fields(document, found.get("items", {}), f"{before}[]", depth + 1)
    values = []
    for name, one in found.get("properties", {}).items():
        full = f"{before}.{name}" if before else name
        values.append(
            Value(
                name=full,
                kind=_kind(document, one),
                is_required=name in found.get("required", ()),
                help=_prose(one.get("description", "")),
            )
        )
        if depth < DEEP:
            values += _fields(document, one, full, depth + 1)
    return values


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    found = _followed(document, schema)
    if "enum" in found:
        return " | ".join(str(one) for one in found["enum"])
    if "const" in found:
        return str(found["const"])
    if "anyOf" in found:
        return " | ".join(_kind(document, one) for one in found["anyOf"])
    kind = str(found.get("format") or found.get("type") or "object")
    if kind == "array":
        return _("list of %(kind)s") % {"kind": _kind(document, found.get("items", {}))}
    return kind


def _shape(answer: dict[str, Any]) -> str:
    schema = _schema(answer)
    if schema.get("type") == "array":
        return _("list of %(kind)s") % {"kind": schema["items"].get("$ref", "").split("/")[-1]}
    return str(schema.get("$ref", "").split("/")[-1])


def _example(document: dict[str, Any], path: str, method: str, body: dict[str, Any]) -> str:
    lines = [f"curl -X {method.upper()} {settings.SITE_URL}{path}"]
    lines.append('  -H "Authorization: Bearer $TOKEN"')
    sample = _sample(document, body) if body else None
    if sample is not None:
        lines.append('  -H "Content-Type: application/json"')
        lines.append(f"  -d '{json.dumps(sample, ensure_ascii=False)}'")
    return " \\\n".join(lines)


def _sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """What a schema gives as its example, or the required fields with plain values."""
    found = _followed(document, schema)
    if "examples" in found:
        return found["examples"][0]
    if found.get("type") == "array":
        return [_sample(document, found.get("items", {}))]
    if "properties" in found:
        return {
            name: _sample(document, found["properties"][name]) for name in found.get("required", ())
        }
    return {"integer": 1, "boolean": True}.get(str(found.get("type")), "…")
