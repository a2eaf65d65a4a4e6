"""The sentences for what is wrong with a template."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from messaging.rendering.problems import Trouble


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A trouble in words; ``line`` and ``column`` count from 1, None when no place is known."""

    field: str
    message: str
    line: int | None
    column: int | None


def problems_of(troubles: Iterable[Trouble]) -> list[Problem]:
    return [
        Problem(field=one.field, message=sentence(one), line=one.line, column=one.column)
        for one in troubles
    ]


def sentence(trouble: Trouble) -> str:
    """What is wrong and what to do, in the reader's language."""
    template = _sentences().get(trouble.code)
    if template is None:
        return _("The template cannot be used.")
    params: dict[str, Any] = dict(trouble.params)
    return template % params if "%(" in template else template


def _sentences() -> dict[str, str]:
    return {**_liquid_sentences(), **_markup_sentences()}


def _liquid_sentences() -> dict[str, str]:
    return {
        "unknown_variable": _(
            "There is no variable “%(name)s”. Choose one from the list of variables."
        ),
        "unknown_filter": _("There is no filter “%(name)s” here."),
        "range_outside_loop": _("A range such as (1..10) can only be used in a for."),
        "too_many_filters": _("At most 8 filters can follow one value."),
        "too_long": _("The template is too long: at most %(most)s characters."),
        "liquid": _("This Liquid cannot be read: %(detail)s."),
        "render": _("The template cannot be filled in: %(detail)s."),
        "slow": _("The template takes too long or needs too much memory."),
        "line_break": _("There can be no line break here."),
    }


def _markup_sentences() -> dict[str, str]:
    return {
        "tag_lost": _(
            "“%(tag)s” stands where MJML allows no text. Move it into an mj-text or an mj-raw."
        ),
        "mjml": _("This MJML cannot be read: %(detail)s."),
        "mjml_root": _("MJML begins with <mjml> and ends with </mjml>."),
        "mjml_include": _("mj-include is not available here: put the content in its place."),
        "mjml_unknown": _("There is no MJML element <%(tag)s>."),
        "mjml_unclosed": _("<%(tag)s> is never closed."),
        "mjml_mismatch": _("</%(tag)s> closes nothing that is open here."),
        "css": _("The styles cannot be read: %(detail)s."),
        "script": _("A mail cannot contain scripts."),
        "link_scheme": _(
            "“%(url)s” is not an address for a mail. Begin it with https://, mailto: or tel:."
        ),
        "link_variable": _(
            "An address cannot begin with a variable, as “%(url)s” does. Write https:// before it."
        ),
    }
