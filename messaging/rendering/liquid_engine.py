"""python-liquid with what mails need and limits on the rest."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from liquid import BoundTemplate, Environment
from liquid.ast import Node
from liquid.builtin.expressions.loop import LoopExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from messaging.rendering.problems import TemplateRefused, Trouble, trouble_at

MAX_SOURCE: Final = 200_000
MAX_FILTERS: Final = 8
TAGS: Final = frozenset(
    "# assign break capture case comment content continue cycle echo for if ifchanged illegal "
    "output unless".split()
)
FILTERS: Final = frozenset(
    "abs append at_least at_most capitalize ceil date default divided_by downcase escape "
    "escape_once first floor last lstrip minus modulo newline_to_br plus prepend remove "
    "remove_first remove_last round rstrip size slice squish strip strip_html strip_newlines "
    "times truncate truncatewords upcase url_encode".split()
)


class MailEnvironment(Environment):
    """Only mappings are readable; loops, output and variables are bounded."""

    context_depth_limit = 20
    loop_iteration_limit = 10_000
    output_stream_limit = 500_000
    local_namespace_limit = 100_000
    suppress_blank_control_flow_blocks = False

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(autoescape=autoescape)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: call for name, call in self.filters.items() if name in FILTERS}


HTML_ENVIRONMENT: Final = MailEnvironment(autoescape=True)
TEXT_ENVIRONMENT: Final = MailEnvironment(autoescape=False)


def parse(source: str, *, part: str, autoescape: bool) -> BoundTemplate:
    """The parsed template.

    :raises TemplateRefused: it is too long, or not Liquid that we run.
    """
    if len(source) > MAX_SOURCE:
        raise TemplateRefused([Trouble(code="too_long", field=part, params={"most": MAX_SOURCE})])
    environment = HTML_ENVIRONMENT if autoescape else TEXT_ENVIRONMENT
    try:
        template = environment.from_string(source)
    except (LiquidError, RecursionError) as error:
        raise TemplateRefused([from_liquid(error, source, part)]) from None
    return template


def from_liquid(error: Exception, source: str, part: str) -> Trouble:
    """What the engine says, at its place."""
    token = getattr(error, "token", None)
    detail = str(getattr(error, "message", "") or type(error).__name__)[:200]
    if token is None or token.start_index < 0:
        return trouble_at("liquid", source, len(source), part, detail=detail)  # at its end
    index = token.start_index if token.source == source else source.find(token.source)
    return trouble_at("liquid", source, max(index, 0), part, detail=detail)


def examine(source: str, *, part: str, known: Collection[str]) -> set[str]:
    """The variables that a template reads.

    :raises TemplateRefused: a variable that does not exist, a range outside of ``for``, or too many
        filters in one place; every such place is listed.
    """
    template = parse(source, part=part, autoescape=part == "body")
    troubles: list[Trouble] = []
    used: set[str] = set()
    found = template.analyze(include_partials=False)
    for name, spans in found.filters.items():
        if name not in FILTERS:
            troubles += [
                trouble_at("unknown_filter", source, span.index, part, name=name[:80])
                for span in spans
            ]
    for places in found.globals.values():
        for place in places:
            name = ".".join(str(piece) for piece in place.segments)
            bare = name.removesuffix(".size")
            if bare in known:
                used.add(bare)
            else:
                troubles.append(
                    trouble_at("unknown_variable", source, place.span.index, part, name=name[:80])
                )
    troubles += [
        trouble_at(code, source, index, part) for code, index in _forbidden(template, source)
    ]
    if troubles:
        raise TemplateRefused(sorted(troubles, key=lambda one: (one.line or 0, one.column or 0)))
    return used


def _forbidden(template: BoundTemplate, source: str) -> Iterator[tuple[str, int]]:
    context = RenderContext(template)
    for node in _nodes(template.nodes, context):
        for expression in node.expressions():
            in_loop = isinstance(expression, LoopExpression)
            for code in _faults(expression, in_loop=in_loop):
                yield code, max(node.token.start_index, 0)


def _nodes(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(list(node.children(context)), context)


def _faults(expression: Expression, *, in_loop: bool) -> Iterator[str]:
    if isinstance(expression, RangeLiteral) and not in_loop:
        yield "range_outside_loop"
    if len(getattr(expression, "filters", None) or []) > MAX_FILTERS:
        yield "too_many_filters"
    for child in expression.children():
        yield from _faults(child, in_loop=in_loop and isinstance(expression, LoopExpression))


def render(template: BoundTemplate, values: Mapping[str, Any]) -> str:
    """The text of a template for these plain values."""
    return str(template.render(**values))
