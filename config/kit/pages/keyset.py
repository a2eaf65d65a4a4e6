"""Paging by the value of the sort key: the last page costs what the first one costs.

A sort key is one expression plus ``pk``. Nulls stand last in both directions, so the order is two
segments: the rows with a value, then those without. Each segment is walked on its own, which lets
one plain index on ``(expression, id)`` serve both directions, and no OFFSET is ever needed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.utils.functional import Promise

M = TypeVar("M", bound=Model)
KEY = "keyset_value"


@dataclass(frozen=True)
class Sort:
    """``expression`` is a field path or an expression; of a path ``nullable`` is looked up."""

    key: str
    label: str | Promise
    expression: str | Expression
    descending: bool = False
    nullable: bool | None = None

    def of(self, descending: bool) -> "Order":
        return Order(self, descending)


@dataclass(frozen=True)
class Order:
    """A sort in one direction; ``token`` is its name in the URL (``name`` or ``-name``)."""

    sort: Sort
    descending: bool

    @property
    def token(self) -> str:
        return f"-{self.sort.key}" if self.descending else self.sort.key


@dataclass(frozen=True)
class Cursor:
    """The edge of a page: the sort value and the id of its row."""

    value: Any
    pk: Any


@dataclass
class Page(Generic[M]):
    rows: list[M]
    has_previous: bool
    has_next: bool
    first: Cursor | None
    last: Cursor | None


class RowCompare(Func):
    """``(value, id) > (x, y)``: one comparison of rows, which an index on both can answer."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*expressions)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        left, right = ", ".join(parts[:2]), ", ".join(parts[2:])
        return f"({left}) {self.operator} ({right})", tuple(params)


_PACK: dict[type, tuple[str, Any]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    time: ("h", time.isoformat),
    Decimal: ("n", str),
    UUID: ("u", str),
}
_UNPACK = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


def _pack(value: Any) -> Any:
    if type(value) in _PACK:
        tag, write = _PACK[type(value)]
        return [tag, write(value)]
    return value


def _unpack(value: Any) -> Any:
    return _UNPACK[value[0]](value[1]) if isinstance(value, list) else value


def _salt(scope: str) -> str:
    return "keyset." + hashlib.sha256(scope.encode()).hexdigest()[:16]


def cursor_write(cursor: Cursor, *, scope: str) -> str:
    """An opaque signed token; ``scope`` names the list and its order."""
    return signing.dumps([_pack(cursor.value), _pack(cursor.pk)], salt=_salt(scope))


def cursor_read(token: str, *, scope: str) -> Cursor | None:
    """None for a token that is forged, or that belongs to another list or order."""
    try:
        value, pk = signing.loads(token, salt=_salt(scope))
        return Cursor(_unpack(value), _unpack(pk))
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None


def is_nullable(model: type[Model], sort: Sort) -> bool:
    """Whether rows without a value of this key may exist."""
    if sort.nullable is not None:
        return sort.nullable
    if not isinstance(sort.expression, str):
        return True
    for name in sort.expression.split(LOOKUP_SEP):
        try:
            field: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if field.null or not field.concrete:
            return True
        model = field.related_model or model
    return False


class Keyset(Generic[M]):
    """Walks a queryset in one order, page by page."""

    def __init__(self, rows: QuerySet[M], order: Order, *, size: int) -> None:
        expression = order.sort.expression
        value = F(expression) if isinstance(expression, str) else expression
        self.rows = rows.order_by().annotate(**{KEY: value})
        self.order = order
        self.size = size
        self.nullable = is_nullable(rows.model, order.sort)

    def first(self) -> Page[M]:
        rows = self._walk(None, forward=True)
        return self._page(rows[: self.size], False, len(rows) > self.size)

    def last(self) -> Page[M]:
        rows = self._walk(None, forward=False)
        return self._page(rows[: self.size][::-1], len(rows) > self.size, False)

    def after(self, cursor: Cursor) -> Page[M]:
        rows = self._walk(cursor, forward=True)
        return self._page(rows[: self.size], True, len(rows) > self.size)

    def before(self, cursor: Cursor) -> Page[M]:
        """The page that ends before the cursor; the first page when too few rows are left."""
        rows = self._walk(cursor, forward=False)
        if len(rows) <= self.size:
            return self.first()
        return self._page(rows[: self.size][::-1], True, True)

    def beside(self, cursor: Cursor, *, forward: bool) -> M | None:
        """The nearest row on one side of the cursor."""
        rows = self._walk(cursor, forward=forward)
        return rows[0] if rows else None

    def _page(self, rows: list[M], has_previous: bool, has_next: bool) -> Page[M]:
        edges = [Cursor(getattr(row, KEY), row.pk) for row in (rows[:1] + rows[-1:])]
        return Page(
            rows,
            has_previous and bool(rows),
            has_next,
            edges[0] if edges else None,
            edges[-1] if edges else None,
        )

    def _walk(self, cursor: Cursor | None, *, forward: bool) -> list[M]:
        """Up to ``size + 1`` rows from the cursor on, in walking order."""
        found: list[M] = []
        for is_null in self._segments(cursor, forward):
            edge = cursor if cursor and (cursor.value is None) == is_null else None
            found += self._segment(is_null, edge, forward, self.size + 1 - len(found))
            if len(found) > self.size:
                break
        return found

    def _segments(self, cursor: Cursor | None, forward: bool) -> Sequence[bool]:
        """Which segments lie ahead: False is the rows with a value, True those without."""
        if not self.nullable:
            return (False,)
        ahead = (False, True) if forward else (True, False)
        if cursor is None:
            return ahead
        return ahead[ahead.index(cursor.value is None) :]

    def _segment(self, is_null: bool, edge: Cursor | None, forward: bool, limit: int) -> list[M]:
        descending = self.order.descending == forward
        rows = self.rows.filter(**{f"{KEY}__isnull": is_null}) if self.nullable else self.rows
        if edge is not None:
            rows = self._beyond(rows, edge, descending)
        sign = "-" if descending else ""
        return list(rows.order_by(f"{sign}{KEY}", f"{sign}pk")[:limit])

    def _beyond(self, rows: QuerySet[M], edge: Cursor, descending: bool) -> QuerySet[M]:
        if edge.value is None:
            return rows.filter(**{"pk__lt" if descending else "pk__gt": edge.pk})
        output = rows.query.annotations[KEY].output_field
        return rows.filter(
            RowCompare(
                F(KEY),
                F("pk"),
                Value(edge.value, output_field=output),
                Value(edge.pk, output_field=rows.model._meta.pk),
                operator="<" if descending else ">",
            )
        )
