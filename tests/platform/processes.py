"""Looking after real processes: who belongs to a folder, and waiting for something to be so."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "ENVIRONMENT", "SITE_URL")


def wait_until(is_so: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether it became so in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.05)
    return True


def clean_environment(var: Path) -> dict[str, str]:
    """As a person's shell has it, with the data elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**kept, "VAR_DIR": str(var)}


def processes_of(var: Path) -> list[str]:
    """The command lines of all living processes that were started for this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if command and str(var).encode() in command + environment:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found
