"""``manage.py test``: on throw-away servers the tests and, without arguments, the checks beside."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from config.bootstrap import apt_install
from config.supervisor import checks, embedded
from config.supervisor.places import ROOT, Places

SERVERS = ["postgres", "valkey"]
MOST_WORKERS = 4
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Exit status 0 when every check and every test passed."""
    if arguments[:1] == ["--features"]:
        return features(arguments[1:])
    with servers(), ThreadPoolExecutor(1) as beside:
        began = time.monotonic()
        checking = None if arguments else beside.submit(checks.run_all)
        passed = pytest(arguments)
        took = time.monotonic() - began
        results = checking.result() if checking else []
    results.append(checks.Result("tests", passed, took))
    if checking:
        checks.print_table(results, time.monotonic() - began)
    return 0 if all(result.passed for result in results) else 1


def pytest(arguments: list[str]) -> bool:
    """In CI a missing browser is an error of the test that wants it, not a reason to skip."""
    if not arguments:
        provide_browser()
    chosen = arguments or ["-n", str(workers()), "--dist", "loadgroup", "-q"]
    done = subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=ROOT, check=False)
    return done.returncode == 0


def workers() -> int:
    """One more than processors: who waits for a browser or an installation leaves one idle.

    Each kind of test that starts Clientela has a group, hence one worker of its own: of more at
    once each would starve the others.
    """
    return min(MOST_WORKERS, 1 + (os.cpu_count() or 2))


def features(arguments: list[str]) -> int:
    """Which tests show which row of the mission."""
    command = [sys.executable, "-m", "config.supervisor.features", *arguments]
    test_variables(Path(tempfile.gettempdir()))
    os.environ.setdefault("DATABASE_URL", "postgresql://nowhere/none")
    return subprocess.run(command, cwd=ROOT, check=False).returncode


@contextmanager
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey of their own, gone afterwards, even after ``kill -9``."""
    folder = Path(tempfile.mkdtemp(prefix="clientela-test-"))
    folder.chmod(0o711)
    places = Places(folder, throwaway=True)
    try:
        uses = embedded.use_all(embedded.not_given(SERVERS), places)
        os.environ.update({embedded.VARIABLES[use.name]: use.url for use in uses})
        test_variables(folder)
        yield
        embedded.leave_all(uses, 20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_variables(folder: Path) -> None:
    os.environ.update(
        ENVIRONMENT="test", VAR_DIR=str(folder), DJANGO_SETTINGS_MODULE="config.settings"
    )


def provide_browser() -> None:
    """Browser tests need one; without it they are skipped with the line to type."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    print("Installing Chromium for the browser tests.", flush=True)
    if not apt_install(["chromium"]):
        print("No browser: its tests are skipped. To run them: sudo apt-get install chromium")
