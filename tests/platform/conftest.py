import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.platform.processes import wait_until
from tests.platform.up import Up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that start Clientela in one process: the first makes the database, the others find it."""
    for item in items:
        if "running" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("up"))


@contextmanager
def folder() -> Iterator[Path]:
    """One that PostgreSQL can reach too when root runs the tests."""
    made = Path(tempfile.mkdtemp(prefix="clientela-var-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def var() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture(scope="session")
def installation() -> Iterator[Path]:
    """Data that are kept from one ``up`` to the next, as a person's are."""
    with folder() as made:
        yield made


@pytest.fixture
def running(installation: Path) -> Iterator[Up]:
    up = Up(installation)
    try:
        assert wait_until(up.is_ready, 240), up.log.read_text()
        yield up
    finally:
        up.end()
        up.log.unlink()
