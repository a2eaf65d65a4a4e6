"""What this machine has: memory, ports, and a way to tie a program's life to ours."""

import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from config.supervisor.errors import StartError
from config.supervisor.places import ROOT

MEGABYTE = 1024 * 1024


def guarded(
    command: list[str],
    signal_number: int = signal.SIGKILL,
    uid: int = -1,
    prefix: tuple[str, ...] = (),
) -> list[str]:
    """The command that dies with this process, as another user where that is needed."""
    guard = str(ROOT / "config" / "supervisor" / "guard.py")
    start = [*prefix, sys.executable, "-I", "-S", guard]
    return [*start, str(os.getpid()), str(int(signal_number)), str(uid), *command]


def shared_memory() -> str:
    """Containers give /dev/shm 64 MB or no rights at all; files do as well there."""
    folder = Path("/dev/shm")  # noqa: S108
    if not os.access(folder, os.W_OK):
        return "mmap" if sys.platform == "linux" else "posix"
    return "posix" if shutil.disk_usage(folder).total >= 256 * MEGABYTE else "mmap"


def memory_megabytes() -> int:
    """The machine's memory, or the container's limit where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit) // MEGABYTE) if limit.isdigit() else total


def free_port(first: int) -> int:
    for port in range(first, first + 100):
        if is_port_free(port):
            return port
    raise StartError(f"No port is free from {first} to {first + 99}.")


def is_port_free(port: int) -> bool:
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listen(first: int) -> socket.socket:
    """A socket that listens on the first free port from there, so that nobody else can take it."""
    for port in range(first, first + 100):
        try:
            return socket.create_server(("127.0.0.1", port), backlog=256)
        except OSError:
            continue
    raise StartError(f"No port is free from {first} to {first + 99}.")


def is_running(pid: int, word: str) -> bool:
    """Whether the process lives and is what we think it is: numbers are used again."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return word in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return sys.platform != "linux"
