"""The rows of the mission, and the tests that show them."""

import re
import subprocess
import sys
import tomllib

from tests.architecture.source import ROOT

MARK = re.compile(r"mark\.feature\(([^)]*)\)", re.S)


def rows() -> dict[str, str]:
    with (ROOT / "tests" / "features.toml").open("rb") as file:
        return {key: value["item"] for key, value in tomllib.load(file).items()}


def marked() -> set[str]:
    ids: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for match in MARK.finditer(path.read_text()):
            ids |= set(re.findall(r"[\"']([A-Z]+\d+)[\"']", match.group(1)))
    return ids


def test_every_mark_names_a_row_of_the_mission():
    assert marked() - set(rows()) == set()


def test_every_row_that_is_done_has_a_test():
    with (ROOT / "tests" / "features.toml").open("rb") as file:
        done = {key for key, value in tomllib.load(file).items() if value.get("done")}
    assert done - marked() == set()


def test_the_command_finds_the_tests_of_a_row():
    command = "from config.supervisor.features import *; print(sorted(collect(ROOT / sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", command, "tests/customers/test_codes.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['E14', 'E15']"
