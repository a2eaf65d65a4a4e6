"""The same data served as production serves it: hashed and compressed files, strict settings."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flows.stack import GIVEN, ROOT, Stack, free_port

START_SECONDS = 300
# Files of libraries whose screens we do not use: no need to compress them here.
UNUSED = ("account", "mfa", "import_export", "django_htmx")


@contextmanager
def served_as_production(stack: Stack) -> Iterator[str]:
    """The address of a second web server beside ``stack``, on its database and with its keys."""
    with tempfile.TemporaryDirectory(prefix="clientela-production-") as folder:
        environment = production_environment(stack, Path(folder))
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
        unused = [part for app in UNUSED for part in ("--ignore", app)]
        subprocess.run([*collect, *unused], cwd=ROOT, env=environment, check=True)
        port = free_port()
        web = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
        command = [*web, "--log-level", "error", "config.wsgi:application"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def production_environment(stack: Stack, folder: Path) -> dict[str, str]:
    run = stack.var / "run"
    return {
        **{key: value for key, value in os.environ.items() if key not in GIVEN},
        **json.loads((stack.var / "secrets").read_text()),
        "ENVIRONMENT": "production",
        "VAR_DIR": str(folder),
        "DATABASE_URL": json.loads((run / "postgres.json").read_text())["url"],
        "REDIS_URL": json.loads((run / "valkey.json").read_text())["url"],
        "EMAIL_URL": "smtp://127.0.0.1:9?tls=none",
        "DEFAULT_FROM_EMAIL": "hola@casaquillay.example",
        "SITE_URL": "https://casaquillay.example",
        "SITE_NAME": "Casa Quillay",
        "ALLOWED_HOSTS": "127.0.0.1,casaquillay.example",
        "SECURE_SSL_REDIRECT": "false",
    }


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "The production server ended."
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
