"""A process of the tests that keeps the targets of the database named in JOB_DATABASE."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["JOB_DATABASE"]
    django.setup()

    from targets.upkeep.worker import Upkeep

    Upkeep(on_batch=lambda report: print(report.people, flush=True)).run(120)


if __name__ == "__main__":
    main()
