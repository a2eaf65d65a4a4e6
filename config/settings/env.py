"""Strict readers of environment variables: a wrong value stops the start with its name."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable, or the default; without a default it must be set and not blank."""
    value = os.environ.get(name, default)
    if value is None or (default is None and not value.strip()):
        raise ImproperlyConfigured(f"The environment variable {name} must be set.")
    return value


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of true or false, not {value!r}.")


def number(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if result < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {result}.")
    return result


def names(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def rates(name: str) -> dict[str, float]:
    """``name=number`` pairs separated by commas."""
    found: dict[str, float] = {}
    for pair in names(name):
        key, _equals, value = pair.partition("=")
        try:
            found[key.strip().lower()] = float(value)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} must hold pairs such as gmail.com=20, not {pair!r}."
            ) from None
    return found


def choice(name: str, default: str, allowed: set[str]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(
            f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}."
        )
    return value


def zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name} must be a time zone such as {default}, not {value!r}.")
    return value


def address(name: str, default: str | None) -> str:
    """A bare address such as ``hola@tienda.example``."""
    value = text(name, default)
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", value):
        raise ImproperlyConfigured(f"{name} must be an e-mail address, not {value!r}.")
    return value


def code(name: str, default: str, length: int) -> str:
    """A code of capital letters, as ISO gives them to countries and currencies."""
    value = text(name, default)
    if not re.fullmatch(f"[A-Z]{{{length}}}", value):
        raise ImproperlyConfigured(f"{name} must be {length} capital letters, not {value!r}.")
    return value


def port_of(name: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a port that is no number up to 65535.") from None


def path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).resolve()


def database(name: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/database?host=/socket/folder`` as Django's dictionary.

    Other query parameters go to libpq as they are (``sslmode=verify-full``).
    """
    url = text(name)
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://; PostgreSQL is required.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name:
        raise ImproperlyConfigured(f"{name} names no database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or (parts.hostname or ""),
        "PORT": str(port_of(name, parts) or ""),
        "OPTIONS": options,
    }


def broker(name: str, default: str | None) -> str:
    """``redis://host:port/number``, ``rediss://`` with TLS, ``redis+socket:///path``."""
    url = text(name, default)
    if urlsplit(url).scheme not in {"redis", "rediss", "redis+socket", "unix"}:
        raise ImproperlyConfigured(
            f"{name} must begin with redis://, rediss:// or redis+socket://."
        )
    return url


def email(name: str, default: str | None) -> dict[str, Any]:
    """``smtp://user:password@host:port?tls=starttls|implicit|none`` as a dictionary.

    Keys: host, port, username, password, tls.
    """
    url = text(name, default)
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured(f"{name} must begin with smtp:// or smtps://.")
    default_tls = "implicit" if parts.scheme == "smtps" else "none"
    tls = parse_qs(parts.query).get("tls", [default_tls])[-1]
    if tls not in {"starttls", "implicit", "none"}:
        raise ImproperlyConfigured(f"{name}: tls must be starttls, implicit or none, not {tls!r}.")
    return {
        "host": parts.hostname or "127.0.0.1",
        "port": port_of(name, parts) or (465 if tls == "implicit" else 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": tls,
    }
