"""The environment variables that Clientela's processes run under in development."""

import base64
import os
import secrets
from pathlib import Path

from config.supervisor.keeper import read_json, write_json
from config.supervisor.places import Places

DEMO_NAME = "Casa Quillay"


def is_production() -> bool:
    return os.environ.get("ENVIRONMENT") == "production"


def secret_values(places: Places) -> dict[str, str]:
    """Keys of this installation, made once, readable by their owner only."""
    keys = read_json(places.secrets)
    if not keys:
        keys = new_secrets()
        write_json(places.secrets, keys)
    return {name: str(value) for name, value in keys.items()}


def new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
    }


def first_choice(places: Places) -> Path:
    """Remembers whether the first start put the demo in."""
    return places.var / "first-start.json"


def development(places: Places) -> dict[str, str]:
    """Everything but the servers' addresses; what is set already stays as it is."""
    values = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(places.var),
        **secret_values(places),
    }
    if not os.environ.get("EMAIL_URL"):
        values["MAILBOX_DIR"] = str(places.mailbox)
    if read_json(first_choice(places)).get("demo"):
        values["SITE_NAME"] = DEMO_NAME
    running = read_json(places.run / "up.json")
    if running:
        values["SITE_URL"] = str(running["url"])
    return {name: value for name, value in values.items() if name not in os.environ}
