"""A compiled template as a list of steps: static bytes, plain slots, and Liquid for the rest. Pure.

Steps for the HTML and text parts yield quoted-printable bytes. What is the same for everyone is
encoded once; a slot's text is encoded per mail and stands between soft line breaks. Addresses of
ours come ready for the wire in ``values["_wire"]``.
"""

from binascii import b2a_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import Path
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.context import RenderContext
from liquid.output import LimitedStringIO
from markupsafe import escape

from messaging.rendering import liquid_engine

SOFT: Final = b"=\r\n"
OWN: Final = frozenset({"_m", "unsubscribe_url", "view_url"})
Values = Mapping[str, Any]
Step = Callable[[Values, "RenderContext | None", list[bytes]], None]


class Program:
    """``run(values)`` gives the encoded part for one person."""

    def __init__(
        self, source: str, *, part: str, autoescape: bool, coding: "Coding | None" = None
    ) -> None:
        self.template = liquid_engine.parse(source, part=part, autoescape=autoescape)
        local_names = set(self.template.analyze(include_partials=False).locals)
        builder = _Builder(coding or MAIL, autoescape=autoescape, local_names=local_names)
        self._steps = builder.block(self.template.nodes)
        self.needs_engine = builder.needs_engine

    def run(self, values: Values) -> bytes:
        """The part's bytes; whatever Liquid raises goes through."""
        context = RenderContext(self.template, globals=values) if self.needs_engine else None
        out: list[bytes] = []
        _run(self._steps, values, context, out)
        return b"".join(out)


def _run(
    steps: "list[bytes | Step]", values: Values, context: RenderContext | None, out: list[bytes]
) -> None:
    for step in steps:
        if step.__class__ is bytes:
            out.append(step)
        else:
            step(values, context, out)  # type: ignore[operator]


class _Builder:
    """Turns nodes into steps. A name that the template assigns itself is left to the engine."""

    def __init__(self, coding: "Coding", *, autoescape: bool, local_names: set[str]) -> None:
        self.coding = coding
        self.autoescape = autoescape
        self.local_names = local_names
        self.needs_engine = False

    def block(self, nodes: list[Node]) -> "list[bytes | Step]":
        steps: list[bytes | Step] = []
        static: list[str] = []
        for node in nodes:
            if isinstance(node, ContentNode):
                static.append(node.text)
                continue
            if static:
                steps.append(self.coding.static("".join(static)))
                static = []
            steps.append(self._step(node))
        if static:
            steps.append(self.coding.static("".join(static)))
        return steps

    def _step(self, node: Node) -> Step:
        if isinstance(node, OutputNode):
            path = self._plain_path(node)
            if path is not None:
                return _slot(path, self.coding, autoescape=self.autoescape)
        self.needs_engine = True
        if isinstance(node, IfNode):
            return self._condition(node)
        return _engine(node, self.coding)

    def _plain_path(self, node: OutputNode) -> tuple[str, ...] | None:
        expression = node.expression
        if not isinstance(expression, FilteredExpression) or expression.filters:
            return None
        left = expression.left
        if not isinstance(left, Path) or left.path[0] in self.local_names:
            return None
        if len(left.path) > 2 or not all(isinstance(piece, str) for piece in left.path):
            return None
        return tuple(str(piece) for piece in left.path)

    def _condition(self, node: IfNode) -> Step:
        branches = [(node.condition, self._branch(node.consequence))] + [
            (alternative.expression, self._branch(alternative.block))
            for alternative in node.alternatives
        ]
        otherwise = self._branch(node.default) if node.default else []

        def choose(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
            for condition, steps in branches:
                if condition.evaluate(context):  # type: ignore[arg-type]
                    _run(steps, values, context, out)
                    return
            _run(otherwise, values, context, out)

        return choose

    def _branch(self, block: BlockNode) -> "list[bytes | Step]":
        return self.block(block.nodes)


def _slot(path: tuple[str, ...], coding: "Coding", *, autoescape: bool) -> Step:
    if path[0] in OWN:
        return _own(path[-1])
    head, tail = path[0], path[1] if len(path) == 2 else None
    encode = coding.slot

    def fill(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
        value = values.get(head, "")
        if tail is not None:
            value = value.get(tail, "") if isinstance(value, Mapping) else ""
        text = value if isinstance(value, str) else _as_text(value)
        if text:
            out.append(encode(str(escape(text)) if autoescape else text))

    return fill


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _own(name: str) -> Step:
    def fill(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
        out.append(values["_wire"][name])

    return fill


def _engine(node: Node, coding: "Coding") -> Step:
    def evaluate(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
        if context is None:
            return
        buffer: StringIO = LimitedStringIO(limit=context.env.output_stream_limit or 500_000)
        node.render(context, buffer)
        text = buffer.getvalue()
        if text:
            out.append(coding.slot(text))

    return evaluate


def quoted_printable(text: str) -> bytes:
    """Lines of at most 76, CRLF, and none that begins with a dot."""
    if not text:
        return b""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    encoded = b2a_qp(unix, quotetabs=False, istext=True, header=False).replace(b"\n", b"\r\n")
    encoded = encoded.replace(b"\r\n.", b"\r\n=2E")
    return b"=2E" + encoded[1:] if encoded.startswith(b".") else encoded


def slot_bytes(text: str) -> bytes:
    """A person's value between soft line breaks, so that it may stand anywhere."""
    return SOFT + quoted_printable(text) + SOFT


@dataclass(frozen=True, kw_only=True)
class Coding:
    """How static text and a person's values become bytes."""

    static: Callable[[str], bytes]
    slot: Callable[[str], bytes]


MAIL: Final = Coding(static=quoted_printable, slot=slot_bytes)
RAW: Final = Coding(static=str.encode, slot=str.encode)
