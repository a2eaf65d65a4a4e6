import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.flows.browser import CHROMIUM, Windows, chromium
from tests.flows.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All flows in one process, which shares the running Clientela between them."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@contextmanager
def running(*arguments: str) -> Iterator[Stack]:
    """``manage.py up`` in a folder that PostgreSQL can reach too when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="clientela-flow-"))
    folder.chmod(0o711)
    stack = Stack(folder, arguments=list(arguments))
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def demo() -> Iterator[Stack]:
    """The demo company with the people of the flows; one for all of them, gone after the last."""
    with running() as stack:
        stack.world = stack.inside("from tests.flows import world; world.run()")
        yield stack


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One per module: while it is open, Django would take this thread for an asynchronous one."""
    assert CHROMIUM
    with chromium() as opened:
        yield opened


@pytest.fixture
def windows(browser: Browser, demo: Stack) -> Iterator[Windows]:
    """Windows onto the demo. A fault in any of them fails the test."""
    opened = Windows(browser, demo)
    yield opened
    opened.close()
    opened.guard.check()
