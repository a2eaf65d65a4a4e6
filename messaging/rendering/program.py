"""A compiled template as a list of steps: static bytes, plain slots, and Liquid for the rest. Pure.

Steps for the HTML and text parts yield quoted-printable bytes. What is the same for everyone is
encoded once; a slot's text is encoded per mail and stands between soft line breaks. Addresses of
ours come ready for the wire in ``values["_wire"]``.
"""

import re
from binascii import b2a_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import Path
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.output import LimitedStringIO
from liquid.stringify import to_liquid_string

from messaging.rendering import liquid_engine
from messaging.rendering.native import Native, Read

SOFT: Final = b"=\r\n"
SIMPLE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,:/?_-]{0,70}[A-Za-z0-9])?|")
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
        native = Native(self.template, local_names)
        builder = _Builder(coding or MAIL, native, autoescape=autoescape)
        self._steps = builder.block(self.template.nodes)
        self.needs_engine = builder.needs_engine

    def run(self, values: Values) -> bytes:
        """The part's bytes; whatever Liquid raises goes through."""
        if "_memo" not in values:
            values = {**values, "_memo": {}}
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

    def __init__(self, coding: "Coding", native: Native, *, autoescape: bool) -> None:
        self.coding = coding
        self.native = native
        self.autoescape = autoescape
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
            step = self._output(node)
            if step is not None:
                return step
        if isinstance(node, IfNode):
            return self._condition(node)
        self.needs_engine = True
        return _engine(node, self.coding)

    def _output(self, node: OutputNode) -> Step | None:
        expression = node.expression
        if isinstance(expression, FilteredExpression) and not expression.filters:
            left = expression.left
            if isinstance(left, Path) and left.path[0] in OWN:
                return _own(str(left.path[-1]))
        read = self.native.value(expression)
        if read is None:
            return None
        return _slot(read, str(expression), self.coding, autoescape=self.autoescape)

    def _condition(self, node: IfNode) -> Step:
        branches = [(self._test(node.condition), self.block(node.consequence.nodes))] + [
            (self._test(alternative.expression), self.block(alternative.block.nodes))
            for alternative in node.alternatives
        ]
        otherwise = self.block(node.default.nodes) if node.default else []

        def choose(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
            for test, steps in branches:
                if test(values, context):
                    _run(steps, values, context, out)
                    return
            _run(otherwise, values, context, out)

        return choose

    def _test(self, condition: Expression) -> Callable[[Values, RenderContext | None], object]:
        native = self.native.condition(condition)
        if native is not None:
            return lambda values, _context: native(values)
        self.needs_engine = True
        return lambda _values, context: condition.evaluate(context)  # type: ignore[arg-type]


def _slot(read: Read, name: str, coding: "Coding", *, autoescape: bool) -> Step:
    """Encoded once a mail, however often it stands in it."""
    key = (coding.name, autoescape, name)
    encode = coding.slot

    def fill(values: Values, context: RenderContext | None, out: list[bytes]) -> None:
        memo = values["_memo"]
        found = memo.get(key)
        if found is None:
            text = to_liquid_string(read(values), autoescape)
            found = memo[key] = encode(str(text)) if text else b""
        out.append(found)

    return fill


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
    if SIMPLE.fullmatch(text):
        return text.encode()
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

    name: str
    static: Callable[[str], bytes]
    slot: Callable[[str], bytes]


MAIL: Final = Coding(name="mail", static=quoted_printable, slot=slot_bytes)
RAW: Final = Coding(name="raw", static=str.encode, slot=str.encode)
