"""SQL of the triggers that see every change of a fact: for migrations of the apps that own it.

1. Statement triggers with transition tables on the parent table write into the change log in the
   writer's own transaction: the ORM, bulk writes, COPY and raw SQL are all seen.
2. A statement of up to 50 rows writes a row for each person to ``targets_change``; a larger one
   writes pieces of some hundred people to ``targets_bulkchange``, which is worked off behind.
3. Instants of events that lie in the future are kept in ``targets_due`` until they come.
4. Changes of what rules name (tags, categories, fields, campaigns, targets) leave a row in
   ``targets_catalogchange``: workers compile anew.

The statement for large writes is planned anew each time (``EXECUTE``): a plan that was made for one
row would join 20,000 of them in a loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PERSON_TABLE: Final = "customers_customer"
SHARDS: Final = 8
FEW: Final = 50
PIECE: Final = 2000
LONGEST_KEY: Final = 40
OPERATIONS: Final = ("insert", "update", "delete")


@dataclass(frozen=True, kw_only=True)
class Capture:
    """How changes of a table are seen.

    ``person``: the column with the customer's id. ``key``: a column by which leaves tell rows
    apart, or nothing. ``compared``: an update that leaves these columns as they are is no change;
    nothing: every update is one. ``whole``: if given, the key of an update names the columns that
    changed, joined by ``+``; it stays empty when one of these did, or when there are many.
    ``identity``: the primary key. ``moments``: instants of events. ``matters``: rows for which this
    is false cannot change a truth.
    """

    table: str
    person: str = "customer_id"
    key: str = ""
    compared: Sequence[str] = ()
    whole: Sequence[str] = ()
    identity: Sequence[str] = ("id",)
    moments: Sequence[str] = ()
    matters: str = "TRUE"

    @property
    def forward(self) -> str:
        return "".join(self._operation(name) for name in OPERATIONS)

    @property
    def backward(self) -> str:
        return "".join(
            f"DROP TRIGGER targets_sees_{name} ON {self.table};\n"
            f"DROP FUNCTION {self._function(name)}();\n"
            for name in OPERATIONS
        )

    def _function(self, operation: str) -> str:
        return f"targets_see_{self.table}_{operation}"

    def _operation(self, name: str) -> str:
        rows = {"insert": self._rows("added"), "delete": self._rows("removed")}.get(name)
        tables = {
            "insert": "NEW TABLE AS added",
            "delete": "OLD TABLE AS removed",
            "update": "OLD TABLE AS removed NEW TABLE AS added",
        }[name]
        body = self._log(rows or self._updated(), "removed" if name == "delete" else "added")
        if name != "delete":
            body += self._ahead()
        return f"""
CREATE FUNCTION {self._function(name)}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{body}    RETURN NULL;
END $$;
CREATE TRIGGER targets_sees_{name} AFTER {name.upper()} ON {self.table}
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {self._function(name)}();
"""

    def _key(self, row: str) -> str:
        return f"{row}.{self.key}" if self.key else "''"

    def _rows(self, table: str) -> str:
        return (
            f"SELECT {table}.{self.person} AS customer_id, {self._key(table)} AS key "  # noqa: S608
            f"FROM {table} WHERE {table}.{self.person} IS NOT NULL AND ({self.matters})"
        )

    def _updated(self) -> str:
        """People of the rows that changed, those whom a row left among them."""
        if not self.compared:
            return f"{self._rows('removed')} UNION ALL {self._rows('added')}"
        sides = f"(n.{self.person}, {self._columns() if self.whole else self._key('n')})"
        if self.person not in self.identity:
            sides += f", (o.{self.person}, {self._key('o')})"
        return (
            "SELECT side.customer_id, side.key FROM removed AS o "  # noqa: S608
            f"JOIN added AS n USING ({', '.join(self.identity)}) "
            f"CROSS JOIN LATERAL (VALUES {sides}) AS side(customer_id, key) "
            f"WHERE {_differ(self.compared)} AND side.customer_id IS NOT NULL"
        )

    def _columns(self) -> str:
        """The names of the columns in which a row differs from what it was."""
        named = ", ".join(
            f"CASE WHEN {_differ([one])} THEN '{one}' END"
            for one in self.compared
            if one not in self.whole
        )
        return (
            f"CASE WHEN {_differ(self.whole)} OR length(concat_ws('+', {named})) > {LONGEST_KEY} "
            f"THEN '' ELSE concat_ws('+', {named}) END"
        )

    def _log(self, rows: str, table: str) -> str:
        quoted = rows.replace("'", "''")
        return f"""
    IF (SELECT count(*) FROM (SELECT FROM {table} LIMIT {FEW + 1}) AS few) <= {FEW} THEN
        INSERT INTO targets_change (customer_id, source, key)
        SELECT DISTINCT seen.customer_id, '{self.table}', seen.key FROM ({rows}) AS seen;
    ELSE
        EXECUTE 'INSERT INTO targets_bulkchange (shard, customers, source, key)
        SELECT customer_id % {SHARDS}, array_agg(customer_id), ''{self.table}'', key FROM (
            SELECT customer_id, key, row_number() OVER () / {PIECE} AS piece
            FROM ({quoted}) AS seen) AS placed GROUP BY piece, 1, key';
    END IF;
"""  # noqa: S608

    def _ahead(self) -> str:
        if not self.moments:
            return ""
        columns = ", ".join(f"(added.{column})" for column in self.moments)
        return f"""
    INSERT INTO targets_due (due_at, customer_id, source, key)
    SELECT moment.at, added.{self.person}, '{self.table}', {self._key("added")}
    FROM added CROSS JOIN LATERAL (VALUES {columns}) AS moment(at)
    WHERE moment.at > clock_timestamp() AND added.{self.person} IS NOT NULL;
"""  # noqa: S608


def _differ(columns: Sequence[str]) -> str:
    before = ", ".join(f"o.{column}" for column in columns)
    after = ", ".join(f"n.{column}" for column in columns)
    return f"ROW({before}) IS DISTINCT FROM ROW({after})"


def catalog_forward(table: str, *columns: str) -> str:
    """Statements that touch these columns, or add and take away rows, change what rules name."""
    return f"""
CREATE TRIGGER targets_sees_names AFTER INSERT OR DELETE OR UPDATE OF {", ".join(columns)}
    ON {table} FOR EACH STATEMENT EXECUTE FUNCTION targets_names_changed();
"""


def catalog_backward(table: str) -> str:
    return f"DROP TRIGGER targets_sees_names ON {table};\n"
