"""A walk that finds nothing for too long is given up; the rows are gathered after all."""

import pytest
from django.db import connection

from config.kit.pages import sampling

pytestmark = pytest.mark.django_db


def settings_now() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('enable_bitmapscan'), current_setting('statement_timeout')"
        )
        return tuple(cursor.fetchone())


def test_a_quick_walk_is_asked_once_and_leaves_no_setting_behind():
    assert sampling.walked(settings_now) == ("off", "150ms")
    assert settings_now() == ("on", "0")


def test_a_slow_walk_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sampling, "PATIENCE_MS", 20)
    seen = []

    def ask() -> str:
        seen.append(settings_now())
        if len(seen) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")
        return "rows"

    assert sampling.walked(ask) == "rows"
    assert seen == [("off", "20ms"), ("on", "0")]
    assert settings_now() == ("on", "0")
