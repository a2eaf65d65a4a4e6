import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that PostgreSQL can reach too when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="clientela-var-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
