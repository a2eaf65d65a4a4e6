"""Cells that spreadsheets would run as formulas, marked as texts, and read back as they were."""

from typing import Final

# Also in their full-width forms, which spreadsheets of some languages read the same way.
FORMULA_STARTS: Final = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
MARK: Final = "'"
MARKED: Final = FORMULA_STARTS | frozenset("0123456789'")


def guarded(text: str) -> str:
    """The text as a spreadsheet may open it; ``unguarded`` gives back the text."""
    return MARK + text if text[:1] in FORMULA_STARTS or text[:1] == MARK else text


def unguarded(text: str) -> str:
    """Without the mark of ``guarded``, or of other systems before numbers (``'7000``, ``'+56``)."""
    return text[1:] if text[:1] == MARK and text[1:2] in MARKED else text
