"""The rows of the mission, and the tests that show them."""

import re
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
