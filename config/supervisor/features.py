"""``manage.py test --features``: the rows of ``tests/features.toml`` with their tests."""

import contextlib
import io
import json
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from config.supervisor.places import ROOT

ROWS = ROOT / "tests" / "features.toml"


class MarkCollector:
    """Hears of every collected test; nothing is run."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("feature"):
                for feature in mark.args:
                    self.tests[feature].append(item.nodeid)


def collect(folder: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Feature id to the ids of the tests in a folder, parametrised tests once."""
    collector = MarkCollector()
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = pytest.main(
            ["--collect-only", "-q", "-p", "no:randomly", str(folder)], plugins=[collector]
        )
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        sys.exit(told.getvalue())
    return {
        feature: list(dict.fromkeys(test.partition("[")[0] for test in tests))
        for feature, tests in collector.tests.items()
    }


def main(as_json: bool) -> int:
    """1 when a row that is marked as done has no test."""
    rows = tomllib.loads(ROWS.read_text())
    tests = collect()
    if as_json:
        print(json.dumps({key: tests.get(key, []) for key in rows}))
    else:
        for key, row in rows.items():
            print_row(key, row, tests.get(key, []))
    unshown = [key for key, row in rows.items() if row.get("done") and not tests.get(key)]
    shown = sum(1 for key in rows if tests.get(key))
    if unshown:
        print(f"\nDone, but shown by no test: {', '.join(unshown)}", file=sys.stderr)
    if not as_json:
        print(f"\n{shown} of {len(rows)} rows are shown by a test.")
    return 1 if unshown else 0


def print_row(key: str, row: dict[str, object], tests: list[str]) -> None:
    state = "done" if row.get("done") else "open"
    print(f"{key:<6}{state}  {row['item']}")
    for test in tests:
        print(f"            {test}")


if __name__ == "__main__":
    sys.exit(main("--json" in sys.argv[1:]))
