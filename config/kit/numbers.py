"""Numbers that somebody sent as text."""

MOST_DIGITS = 15


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of plain digits that fits every column; else the default."""
    if text and len(text) <= MOST_DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    return default
