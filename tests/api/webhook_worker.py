"""A worker process of the tests: delivers the messages of the database named in HOOK_DATABASE."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["HOOK_DATABASE"]
    settings.WEBHOOKS_ALLOW_LOCAL = True
    django.setup()

    from config.kit.api.delivering import deliver

    deliver()


if __name__ == "__main__":
    main()
