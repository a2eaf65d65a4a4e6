"""Normal forms by which people are recognised. Pure: no database, no settings."""

import re
import unicodedata

import idna

from config.kit import texts

ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def email_key(address: str) -> str:
    """The identity key of an e-mail address: NFC, trimmed, domain in ASCII, case folded.

    Dots and plus signs stay: folding them only suggests duplicates. An address without ``@``, or
    whose domain IDNA refuses, comes back folded as it is; validation says what is wrong with it.
    """
    text = unicodedata.normalize("NFC", address).translate(ZERO_WIDTH).strip()
    local, at, domain = text.rpartition("@")
    if not at:
        return text.casefold()
    return f"{local.casefold()}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    folded = domain.casefold().rstrip(".")
    if folded.isascii():
        return folded
    try:
        return idna.encode(folded, uts46=True).decode().lower()
    except idna.IDNAError:
        return folded


def fold(text: str) -> str:
    """Lower case without accents, inner white space single: how texts are compared."""
    return re.sub(r"\s+", " ", texts.fold(text)).strip()


def digits(text: str) -> str:
    """Only the digits of a text."""
    return re.sub(r"\D", "", text)
