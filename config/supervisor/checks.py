"""What ``test`` checks beside the tests, which look after migrations and translations."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from config.supervisor.environment import new_secrets
from config.supervisor.places import ROOT

AT_ONCE = 2
CODE = ("config", "customers", "targets", "messaging", "tests", "manage.py")
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as main; main()"


@dataclass(frozen=True)
class Check:
    """A command that fails when something is wrong."""

    name: str
    command: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    name: str
    passed: bool
    seconds: float
    output: str = ""


def all_checks() -> list[Check]:
    """The slowest first, so that the others run beside it."""
    python = sys.executable
    manage = (python, "manage.py")
    return [
        Check("types", (python, "-m", "mypy", *CODE)),
        Check("format", (python, "-m", "ruff", "format", "--check", ".")),
        Check("lint", (python, "-m", "ruff", "check", ".")),
        Check("boundaries", (python, "-c", IMPORT_LINTER, "--no-cache")),
        Check("system check", (*manage, "check", "--fail-level", "WARNING")),
        Check(
            "production", (*manage, "check", "--deploy", "--fail-level", "WARNING"), production()
        ),
        Check("templates", (python, "-m", "djlint", "--lint", "--quiet", "templates")),
        Check("compose file", (python, "-m", "check_jsonschema", *compose_schema())),
    ]


def production() -> dict[str, str]:
    """The least that a production installation sets."""
    return {
        "ENVIRONMENT": "production",
        "SITE_URL": "https://clientela.example",
        "ALLOWED_HOSTS": "clientela.example",
        "DEFAULT_FROM_EMAIL": "hola@clientela.example",
        "EMAIL_URL": "smtp://mail.clientela.example:587?tls=starttls",
        "BEHIND_PROXY": "true",
        "MAILBOX_DIR": "",
        **new_secrets(),
    }


def compose_schema() -> tuple[str, ...]:
    return ("--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def run_all() -> list[Result]:
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(run, all_checks()))


def run(check: Check) -> Result:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    result = Result(check.name, done.returncode == 0, time.monotonic() - began, done.stdout)
    if not result.passed:
        print(f"\n--- {check.name} ---\n{result.output.rstrip()}\n", flush=True)
    return result


def print_table(results: list[Result], together: float) -> None:
    """``together``: seconds for all of it; the checks and the tests ran at the same time."""
    print()
    for result in results:
        verdict = "passed" if result.passed else "FAILED"
        print(f"  {result.name:<16}{verdict:<8}{result.seconds:7.1f} s")
    print(f"  {'together':<24}{together:7.1f} s", flush=True)
