"""Become another program that dies with the process that started it.

Run as a script of its own: ``python guard.py PARENT SIGNAL UID COMMAND…``. It drops to UID (when
not -1), asks the kernel to send SIGNAL to it when PARENT dies, and turns into COMMAND. A wrapper
and not a ``preexec_fn``, which may deadlock in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, signal_number: int, uid: int, command: list[str]) -> None:
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit(0)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
