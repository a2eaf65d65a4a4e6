"""Locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType


class FileLock:
    """A lock on a file: held by one process (exclusive) or by many (shared)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor: int | None = None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Whether it is held now; without ``wait``, False when someone else is in the way."""
        if self.descriptor is None:
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self.descriptor, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.take(wait=False):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __enter__(self) -> "FileLock":
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether somebody holds it alone now. Several who look do not see each other."""
    if not path.exists():
        return False
    probe = FileLock(path)
    is_free = probe.take(shared=True, wait=False)
    probe.release()
    return not is_free
