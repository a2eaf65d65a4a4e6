"""Expressions that need no engine: variables, filters with fixed arguments, simple conditions.

They mean exactly what python-liquid means by them: its own filters are called, its own conversion
to text follows. What is not covered here answers None and is left to the engine. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liquid.builtin.expressions import Path
from liquid.builtin.expressions.arguments import PositionalArgument
from liquid.builtin.expressions.filtered import Filter, FilteredExpression
from liquid.builtin.expressions.logical import (
    BooleanExpression,
    EqExpression,
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
    NeExpression,
    is_truthy,
)
from liquid.builtin.expressions.primitive import StringLiteral
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.undefined import Undefined, is_undefined

Values = Mapping[str, Any]
Read = Callable[[Values], object]
Test = Callable[[Values], bool]
MAX_PATH: Final = 2


class Native:
    """Translates expressions of one template; names that it assigns itself are not plain."""

    def __init__(self, template: BoundTemplate, local_names: set[str]) -> None:
        self.environment = template.env
        self.local_names = local_names
        self._nothing = RenderContext(template)

    def value(self, expression: Expression) -> Read | None:
        """A function from a person's values to the expression's value."""
        if isinstance(expression, Path):
            return self._path(expression)
        if isinstance(expression, StringLiteral):
            constant = expression.evaluate(self._nothing)
            return lambda _values: constant
        if isinstance(expression, FilteredExpression):
            return self._filtered(expression)
        return None

    def _path(self, path: Path) -> Read | None:
        pieces = [piece for piece in path.path if isinstance(piece, str)]
        if len(pieces) != len(path.path) or len(pieces) > MAX_PATH:
            return None
        if pieces[0] in self.local_names or pieces[-1] in {"size", "first", "last"}:
            return None
        missing = Undefined(str(path), token=None)
        head = pieces[0]
        if len(pieces) == 1:
            return lambda values: values.get(head, missing)
        tail = pieces[1]
        return lambda values: values.get(head, {}).get(tail, missing)

    def _filtered(self, expression: FilteredExpression) -> Read | None:
        read = self.value(expression.left)
        for one in expression.filters or []:
            read = self._filter(one, read)
        return read

    def _filter(self, one: Filter, read: Read | None) -> Read | None:
        function = self.environment.filters.get(one.name)
        needs = ("with_context", "with_environment")
        if read is None or function is None or any(getattr(function, name, 0) for name in needs):
            return None
        if not all(
            isinstance(argument, PositionalArgument) and isinstance(argument.value, StringLiteral)
            for argument in one.args
        ):
            return None
        before, call = read, function
        fixed = [argument.value.evaluate(self._nothing) for argument in one.args]
        return lambda values: call(before(values), *fixed)

    def condition(self, expression: Expression) -> Test | None:
        """A function from a person's values to whether the condition holds."""
        if isinstance(expression, BooleanExpression):
            return self.condition(expression.expression)
        if isinstance(expression, LogicalAndExpression | LogicalOrExpression):
            return self._both(expression)
        if isinstance(expression, LogicalNotExpression):
            inner = self.condition(expression.right)
            return None if inner is None else lambda values: not inner(values)
        if isinstance(expression, EqExpression | NeExpression):
            return self._equality(expression)
        read = self._path(expression) if isinstance(expression, Path) else None
        return None if read is None else lambda values: is_truthy(read(values))

    def _both(self, expression: LogicalAndExpression | LogicalOrExpression) -> Test | None:
        left, right = self.condition(expression.left), self.condition(expression.right)
        if left is None or right is None:
            return None
        if isinstance(expression, LogicalAndExpression):
            return lambda values: left(values) and right(values)
        return lambda values: left(values) or right(values)

    def _equality(self, expression: EqExpression | NeExpression) -> Test | None:
        if not isinstance(expression.left, Path) or not isinstance(expression.right, StringLiteral):
            return None
        read = self._path(expression.left)
        if read is None:
            return None
        wanted, is_same = expression.right.value, isinstance(expression, EqExpression)

        def compare(values: Values) -> bool:
            value = read(values)
            found = not is_undefined(value) and not isinstance(value, bool) and value == wanted
            return found is is_same

        return compare
