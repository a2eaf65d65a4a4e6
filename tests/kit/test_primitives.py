"""Clock, money, limits, secrets, outgoing HTTP, registries, partitions."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config.kit import clock, http, money, partitions, ratelimit, secrets
from config.kit.lazy import lazy_module
from config.kit.registry import Registry
from config.settings import env


def test_the_day_is_the_sites_day():
    with time_machine.travel(datetime(2026, 11, 24, 2, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (12990, "CLP", "es", "$\xa012.990"),
        (12990, "USD", "en", "$129.90"),
        (1234567, "PYG", "es", "Gs.\xa01.234.567"),
    ],
)
def test_money_is_shown_with_the_decimals_of_its_currency(amount, currency, language, text):
    shown = money.format_minor(amount, currency, language)
    assert shown == text or shown.endswith(text.split("\xa0")[-1])


def test_a_limit_lets_through_so_many_and_no_more(db):
    tries = [ratelimit.allow("login", "josé", limit=3, per=timedelta(hours=1)) for _ in range(5)]
    assert tries == [True, True, True, False, False]
    assert ratelimit.allow("login", "otra", limit=3, per=timedelta(hours=1))


def test_no_second_budget_comes_where_a_span_ends(db):
    per = timedelta(minutes=15)
    start = datetime(2026, 11, 27, 12, 14, 58, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as now:
        before = [ratelimit.allow("login", "a", limit=3, per=per) for _ in range(2)]
        now.shift(timedelta(seconds=4))
        after = [ratelimit.allow("login", "a", limit=3, per=per) for _ in range(2)]
        now.shift(timedelta(minutes=14))
        late = ratelimit.allow("login", "a", limit=3, per=per)
        now.shift(timedelta(minutes=16))
        afresh = ratelimit.allow("login", "a", limit=3, per=per)

    assert (before, after, late, afresh) == ([True, True], [True, False], False, True)


def test_the_subject_of_a_limit_is_not_stored(db):
    ratelimit.allow("login", "secret@ejemplo.cl", limit=3, per=timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM kit_ratelimit")
        assert "secret" not in str(cursor.fetchall())


def test_a_secret_opens_only_in_its_place(settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    token = secrets.encrypt("s3cret", place="provider.1.key")
    assert "s3cret" not in token
    assert secrets.decrypt(token, place="provider.1.key") == "s3cret"
    with pytest.raises(ValueError, match="another place"):
        secrets.decrypt(token, place="provider.2.key")


def test_keys_rotate_without_losing_what_was_written(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    token = secrets.encrypt("s3cret", place="p")
    settings.ENCRYPTION_KEYS = [new, old]
    rotated = secrets.rotate(token)
    settings.ENCRYPTION_KEYS = [new]
    assert secrets.decrypt(rotated, place="p") == "s3cret"
    with pytest.raises(ValueError, match="present keys"):
        secrets.decrypt(token, place="p")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@8.8.8.8/",
        "file:///etc/passwd",
    ],
)
def test_no_call_leaves_for_a_private_address(url):
    with pytest.raises(http.RequestRefused):
        http.request("GET", url)


def test_a_registry_refuses_a_double_name():
    slots: Registry[int] = Registry("slots")
    slots.register("a", 1)
    with pytest.raises(ValueError, match="slots already has 'a'"):
        slots.register("a", 2)
    assert slots.values() == [1]


def test_months_are_made_ahead_and_rows_of_the_default_partition_move_over(db):
    far = datetime(2031, 5, 9, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_activity (customer_id, kind, occurred_at) "
            "VALUES (1, 'login', %s)",
            [far],
        )
        cursor.execute("SELECT count(*) FROM customers_activity_default")
        assert cursor.fetchone()[0] == 1
        with time_machine.travel(far):
            made = partitions.make_partitions()
        assert "customers_activity_2031_05" in made
        assert "customers_activity_2031_08" in made
        cursor.execute("SELECT count(*) FROM customers_activity_default")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM customers_activity_2031_05")
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("X_FLAG", "maybe", lambda: env.flag("X_FLAG", False)),
        ("X_NUMBER", "ten", lambda: env.number("X_NUMBER", 1)),
        ("X_NUMBER", "0", lambda: env.number("X_NUMBER", 1, least=1)),
        ("X_DATABASE", "mysql://x/y", lambda: env.database("X_DATABASE")),
        ("X_DATABASE", "postgresql://x", lambda: env.database("X_DATABASE")),
        ("X_EMAIL", "smtp://x?tls=perhaps", lambda: env.email("X_EMAIL", None)),
        ("X_CHOICE", "c", lambda: env.choice("X_CHOICE", "a", {"a", "b"})),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_the_variable(monkeypatch, name, value, read):
    monkeypatch.setitem(os.environ, name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()


def test_a_lazy_library_is_loaded_at_its_first_use():
    code = (
        "import sys; from config.kit.lazy import lazy_module; "
        "colors = lazy_module('colorsys'); "
        "before = 'rgb_to_hsv' in object.__getattribute__(colors, '__dict__'); "
        "colors.rgb_to_hsv(1, 0, 0); "
        "print(before, 'rgb_to_hsv' in vars(colors), sys.modules['colorsys'] is colors)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"False", b"True", b"True"]
    with pytest.raises(ModuleNotFoundError):
        lazy_module("no_such_library")
