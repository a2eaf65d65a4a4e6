"""Start-up checks of the kit."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


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
