"""How frequent the rows of a query are, asked of a sample of the table.

An index on trigrams names every hit before the first one is seen: a frequent word costs as much as
all its hits. A sample tells beforehand, for the price of a few dozen blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.sql.datastructures import BaseTable
from psycopg.errors import QueryCanceled

T = TypeVar("T")
M = TypeVar("M", bound=Model)
PATIENCE_MS: Final = 150
SAMPLE_ROWS: Final = 2_000
LARGE_TABLE: Final = 50_000
SURELY_MANY: Final = 10


class SampledTable(BaseTable):
    """A table in ``FROM`` of which only some blocks are read."""

    percent = 100.0

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = super().as_sql(compiler, connection)
        return f"{sql} TABLESAMPLE SYSTEM ({self.percent:.6f})", tuple(params)


@dataclass(frozen=True)
class Sought(Generic[M]):
    """The rows of a search; ``count`` is None where there are many, which are better ``walked``."""

    rows: QuerySet[M]
    count: int | None

    @property
    def is_wide(self) -> bool:
        return self.count is None


def sought(found: QuerySet[M], rows: QuerySet[M], *, cap: int, guesses: bool = True) -> Sought[M]:
    """Of ``rows`` those that a search ``found``: up to ``cap`` are named one by one."""
    if guesses and hits_guessed(found) > SURELY_MANY * cap:
        return Sought(found, None)
    ids = set(found.order_by().values_list("pk", flat=True)[: cap + 1])
    if len(ids) > cap:
        return Sought(found, None)
    return Sought(rows.filter(pk__in=ids), len(ids))


def first_of(ordered: QuerySet[M], *, rows: QuerySet[M], cap: int, limit: int) -> list[M]:
    """The first rows that a search finds, in the order that it has."""
    held = sought(ordered, rows, cap=cap)
    if held.is_wide:
        return walked(lambda: list(ordered[:limit]))
    return list(held.rows.order_by(*ordered.query.order_by)[:limit])


def hits_guessed(rows: QuerySet[Any]) -> float:
    """About how many rows a query without joins has; 0 for a small table, which is not sampled."""
    size = _size_of(rows.model)
    if size < LARGE_TABLE:
        return 0.0
    share = min(1.0, SAMPLE_ROWS / size)
    query = rows.order_by().values("pk").query.clone()
    name = query.get_initial_alias()
    table = SampledTable(query.alias_map[name].table_name, name)
    table.percent = 100 * share
    query.alias_map[name] = table
    sql, params = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS sampled", params)  # noqa: S608
        found = cursor.fetchone()
    return int(found[0]) / share


def walked(ask: Callable[[], T]) -> T:
    """Ask for rows of which there are many by walking an index in its order, not gathering first.

    Where they lie together far from the start of the walk (a name, in the order of names), it is
    given up, and they are gathered after all.
    """
    try:
        return _asked(ask, avoiding="bitmapscan", milliseconds=PATIENCE_MS)
    except OperationalError as stopped:
        if not isinstance(stopped.__cause__, QueryCanceled):
            raise
        return _asked(ask, avoiding="indexscan", milliseconds=0)


def _asked(ask: Callable[[], T], *, avoiding: str, milliseconds: int) -> T:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_{avoiding} = off")
        cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}")
        found = ask()
        cursor.execute(f"SET LOCAL enable_{avoiding} = on")
        cursor.execute("SET LOCAL statement_timeout = 0")
        return found


def _size_of(model: type[Model]) -> float:
    """The rows of a table as of its last analysis."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        found = cursor.fetchone()
    return float(found[0]) if found else 0.0
