"""Start-up checks of the kit."""

from collections.abc import Sequence
from typing import Any, cast

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

OLDEST_POSTGRES = 15


@register()
def encryption_keys_open(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        for key in settings.ENCRYPTION_KEYS:
            Fernet(key)
    except ValueError:
        return [
            Error(
                "ENCRYPTION_KEYS holds a key that is not 32 bytes in URL-safe base64.",
                hint='Make one with: python -c "import base64, os; '
                'print(base64.urlsafe_b64encode(os.urandom(32)).decode())"',
                id="kit.E001",
            )
        ]
    return []


@register(Tags.database)
def database_new_enough(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asked by ``migrate``, before it changes anything."""
    servers = {name: cast("DatabaseWrapper", connections[name]) for name in databases or ()}
    found = {name: server.pg_version // 10_000 for name, server in servers.items()}
    return [
        Error(
            f"The database {name} is PostgreSQL {version}.",
            hint=f"Clientela needs PostgreSQL {OLDEST_POSTGRES} or newer: see DATABASE_URL.",
            id="kit.E002",
        )
        for name, version in found.items()
        if version < OLDEST_POSTGRES
    ]
