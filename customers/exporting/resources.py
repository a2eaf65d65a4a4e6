"""The export as a django-import-export resource: its fields and headers, and the kinds of files.

Small exports and other programs can use it as any resource; large ones are streamed by
``writing`` with the same fields.
"""

from collections.abc import Iterable
from typing import Any, Final

from import_export import fields, resources, widgets

from customers.exporting.columns import Cell, ExportColumn, ExportRow, columns_of
from customers.exporting.guard import guarded

# The kinds of files, with their content types.
FORMATS: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class GuardedWidget(widgets.Widget):
    """Texts that no spreadsheet runs as formulas; numbers stay numbers."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Cell:
        return safe(value)


class ColumnField(fields.Field):
    """A field that reads an ``ExportRow``."""

    def __init__(self, column: ExportColumn) -> None:
        super().__init__(column_name=column.label, widget=GuardedWidget())
        self.column = column

    def get_value(self, instance: ExportRow) -> Cell:
        return self.column.value(instance)


class CustomerResource(resources.Resource):
    """Customers as rows of a table."""

    def __init__(self, *, sensitive: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = columns_of(sensitive=sensitive)
        self.fields.clear()
        self.fields.update({one.key: ColumnField(one) for one in self.columns})

    @property
    def headers(self) -> list[str]:
        return [guarded(one.label) for one in self.columns]

    def cells(self, row: ExportRow) -> list[Cell]:
        """The cells of a row, safe in a spreadsheet."""
        return [safe(one.value(row)) for one in self.columns]

    def table(self, rows: Iterable[ExportRow]) -> Any:
        """A tablib dataset, for a few rows."""
        return self.export(queryset=list(rows))

    def get_export_order(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.columns)


def safe(value: Cell) -> Cell:
    return guarded(value) if isinstance(value, str) else value
