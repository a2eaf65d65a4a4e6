"""How a file is written down: what was found out, and what a person may change."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

ENCODINGS = {
    "utf-8": _("UTF-8"),
    "utf-16-le": _("UTF-16 (little endian)"),
    "utf-16-be": _("UTF-16 (big endian)"),
    "cp1252": _("Windows-1252"),
    "cp850": _("DOS (code page 850)"),
    "mac-roman": _("Mac Roman"),
}
DELIMITERS = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("vertical bar"),
}
DATE_ORDERS = {
    "dmy": _("day-month-year"),
    "mdy": _("month-day-year"),
    "ymd": _("year-month-day"),
}
DECIMALS = {",": _("1.234,5"), ".": _("1,234.5")}
BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """``kind`` is ``csv`` or ``xlsx`` (kept as CSV, one record a row of the sheet)."""

    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    date_order: str = "dmy"
    decimal: str = ","

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, **values: Any) -> "FileFormat":
        return replace(self, **values)
