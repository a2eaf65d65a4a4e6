"""The process that looks at staff's templates: limits first, then the work, one answer in JSON.

Run as ``python -m messaging.rendering.child`` with a request on its input. No Django here: it
starts in a tenth of a second and holds nothing worth stealing.
"""

import json
import resource
import sys
from typing import Any, Final

from liquid.exceptions import LiquidError

from messaging.rendering import liquid_engine
from messaging.rendering.content import Compiled, Footer, Source, compile_content
from messaging.rendering.problems import TemplateRefused, Trouble

MEMORY: Final = 512 * 1024 * 1024
SECONDS: Final = 2


def limit() -> None:
    """At most 512 MB and two seconds of processor time, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """``contents``: a compiled content per source; ``renders``: each content for each sample."""
    try:
        contents = [compile_content(source_of(one)) for one in request["sources"]]
        renders = [
            [rendered(content, values) for values in request["samples"]] for content in contents
        ]
    except TemplateRefused as refused:
        return {"troubles": [trouble.as_dict() for trouble in refused.troubles]}
    return {
        "contents": [content.as_dict() for content in contents],
        "renders": renders if request.get("keep_renders") else [],
    }


def source_of(values: dict[str, Any]) -> Source:
    footer = values.pop("footer", None)
    return Source(**values, footer=Footer(**footer) if footer else None)


def rendered(content: Compiled, values: dict[str, Any]) -> dict[str, str]:
    """Subject, HTML and text for one person."""
    return {
        "subject": _render(content.subject, "subject", values, autoescape=False),
        "html": _render(content.html, "body", values, autoescape=True),
        "text": _render(content.text, "text_body", values, autoescape=False),
    }


def _render(source: str, part: str, values: dict[str, Any], *, autoescape: bool) -> str:
    template = liquid_engine.parse(source, part=part, autoescape=autoescape)
    try:
        return liquid_engine.render(template, values)
    except LiquidError as error:
        trouble = liquid_engine.from_liquid(error, source, part)
        # The place is one of the compiled text, not of what the author sees.
        raise TemplateRefused(
            [Trouble(code="render", field=part, params=dict(trouble.params))]
        ) from None
    except (MemoryError, RecursionError, ValueError, OverflowError, TypeError) as error:
        params = {"detail": type(error).__name__}
        raise TemplateRefused([Trouble(code="render", field=part, params=params)]) from None


if __name__ == "__main__":
    limit()
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
