"""Texts as a person means them, whatever keyboard they were typed on."""

import unicodedata


def fold(text: str) -> str:
    """Without case and accents: "campanas" finds "Campañas"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))
