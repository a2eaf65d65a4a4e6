"""Mails as bytes: headers that cannot be broken, two parts, a Message-ID that stays. Pure."""

import re
from binascii import b2a_base64
from email.utils import formatdate
from typing import Final

import idna

BREAKS: Final = re.compile(r"[\r\n\x00]")
ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")
ATOMS: Final = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
MAX_PLAIN: Final = 70
CHUNK_BYTES: Final = 45
CONTINUATION: Final = 0x80


class HeaderRefused(ValueError):
    """A line break or a null in a header's text."""


class AddressRefused(ValueError):
    """Not an address that a mail can be handed over for."""


def header_text(text: str) -> bytes:
    """The value of an unstructured header, in encoded words where it needs them.

    :raises HeaderRefused: it holds a line break.
    """
    if BREAKS.search(text):
        raise HeaderRefused
    if text.isascii() and text.isprintable() and len(text) <= MAX_PLAIN and "=?" not in text:
        return text.encode()
    words = [b"=?utf-8?b?" + b2a_base64(chunk, newline=False) + b"?=" for chunk in _chunks(text)]
    return b"\r\n ".join(words)


def _chunks(text: str) -> list[bytes]:
    """UTF-8 in pieces that end between letters."""
    encoded = text.encode("utf-8", "replace")
    pieces: list[bytes] = []
    while encoded:
        end = CHUNK_BYTES
        while end < len(encoded) and encoded[end] & 0xC0 == CONTINUATION:
            end -= 1
        pieces.append(encoded[:end])
        encoded = encoded[end:]
    return pieces


def wire_address(address: str) -> str:
    """The address as it is written to a server: ASCII, its domain by IDNA.

    :raises AddressRefused: it has no proper form.
    """
    if ADDRESS.fullmatch(address):
        return address
    local, _at, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise AddressRefused from None
    found = f"{local}@{ascii_domain}"
    if not ADDRESS.fullmatch(found):
        raise AddressRefused
    return found


def mailbox(name: str, address: str) -> bytes:
    """``Name <address>`` for From, To and Reply-To.

    :raises HeaderRefused: a line break in the name.
    :raises AddressRefused: no proper address.
    """
    wire = wire_address(address).encode()
    if not name:
        return b"<" + wire + b">"
    encoded = header_text(name)
    if encoded == name.encode() and not ATOMS.fullmatch(name):
        encoded = b'"' + encoded.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return encoded + b" <" + wire + b">"


def headers(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in pairs)


def message(head: bytes, *, boundary: bytes, text: bytes, html: bytes) -> bytes:
    """The whole mail; both parts are quoted-printable already. It ends with CRLF."""
    return b"".join(
        (
            head,
            b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="',
            boundary,
            b'"\r\n\r\n--',
            boundary,
            b"\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            text,
            b"\r\n--",
            boundary,
            b"\r\nContent-Type: text/html; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            html,
            b"\r\n--",
            boundary,
            b"--\r\n",
        )
    )


def date_header(timestamp: float) -> bytes:
    return formatdate(timestamp, localtime=False).replace("-0000", "+0000").encode()
