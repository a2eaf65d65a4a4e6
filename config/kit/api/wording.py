"""What is wrong with a value that a program sent, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from config.kit.api.problems import Wrong

PLACES = {"body", "query", "path", "header", "form", "file"}
MOST = 100


def wrongs_of(errors: list[dict[str, Any]]) -> list[Wrong]:
    """From the errors of a validation, at most a hundred of them."""
    return [
        Wrong(pointer=_pointer(one["loc"]), code=one["type"], detail=detail_of(one))
        for one in errors[:MOST]
    ]


def _pointer(location: tuple[str | int, ...]) -> str:
    """The body's values as JSON Pointer; a value of the query as ``?name``.

    The first two parts of a location are where it stands and the name of the argument.
    """
    place, rest = str(location[0]), [str(one) for one in location[1:]]
    if place == "query":
        return "?" + ".".join(rest[-1:] if len(rest) < 2 else rest[1:])
    if place in PLACES and place in {"body", "form"} and len(rest) > 0:
        rest = rest[1:]
    return "/" + "/".join(one.replace("~", "~0").replace("/", "~1") for one in rest)


def detail_of(error: dict[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    said = _plain(kind) or _with_limit(kind, context)
    if said:
        return said
    if kind in {"enum", "literal_error"}:
        return _("Choose one of: %(choices)s.") % {"choices": context.get("expected", "")}
    if kind == "value_error" and "error" in context:
        return str(context["error"])
    return _("This value is not valid.")


def _plain(kind: str) -> str:
    words = {
        "missing": _("This value is required."),
        "extra_forbidden": _("There is no such value."),
        "string_type": _("This must be a text."),
        "int_type": _("This must be a whole number."),
        "int_parsing": _("This must be a whole number."),
        "int_from_float": _("This must be a whole number."),
        "bool_type": _("This must be true or false."),
        "bool_parsing": _("This must be true or false."),
        "list_type": _("This must be a list."),
        "dict_type": _("This must be an object."),
        "model_type": _("This must be an object."),
        "model_attributes_type": _("This must be an object."),
        "uuid_parsing": _("This is no id."),
        "uuid_type": _("This is no id."),
        "json_invalid": _("This is no JSON."),
        "date_from_datetime_parsing": _("This must be a date such as 2026-11-28."),
        "date_parsing": _("This must be a date such as 2026-11-28."),
        "datetime_parsing": _("This must be a time such as 2026-11-28T14:05:00Z."),
        "datetime_from_date_parsing": _("This must be a time such as 2026-11-28T14:05:00Z."),
        "datetime_type": _("This must be a time such as 2026-11-28T14:05:00Z."),
        "timezone_aware": _("This time needs its zone, such as 2026-11-28T14:05:00Z."),
    }
    return words.get(kind, "")


def _with_limit(kind: str, context: dict[str, Any]) -> str:
    words = {
        "string_too_long": (_("It has more than %(n)s characters."), "max_length"),
        "string_too_short": (_("It has fewer than %(n)s characters."), "min_length"),
        "too_long": (_("It has more than %(n)s entries."), "max_length"),
        "too_short": (_("It has fewer than %(n)s entries."), "min_length"),
        "less_than_equal": (_("It must be %(n)s at most."), "le"),
        "greater_than_equal": (_("It must be %(n)s at least."), "ge"),
    }
    if kind not in words:
        return ""
    text, name = words[kind]
    return text % {"n": context.get(name, "")}
