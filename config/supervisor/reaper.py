"""Ends what a killed supervisor leaves behind.

``python reaper.py``: reads ``+PID`` and ``-PID`` lines (leaders of process groups) from its
standard input. When that closes, the supervisor is gone: the groups that are left are asked to
stop, and killed a little later. It holds the supervisor's lock until then.
"""

import os
import signal
import sys
import time

PATIENCE_SECONDS = 4.0


def groups_left(lines: "list[str]") -> list[int]:
    groups: list[int] = []
    for line in lines:
        number = int(line[1:])
        if line.startswith("+"):
            groups.append(number)
        elif number in groups:
            groups.remove(number)
    return groups


def send(group: int, signal_number: int) -> bool:
    """Whether there was somebody to receive it."""
    try:
        os.killpg(group, signal_number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def reap(groups: list[int]) -> None:
    for group in reversed(groups):
        send(group, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(send(group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        send(group, signal.SIGKILL)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    reap(groups_left([line.strip() for line in sys.stdin]))
