"""Where a running Clientela keeps its data, sockets, logs and state."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A socket's address holds 107 bytes; PostgreSQL adds ".s.PGSQL.5432.lock" to the folder.
LONGEST_SOCKET_FOLDER = 85


@dataclass(frozen=True)
class Places:
    """The folders under ``var``. A throw-away set (tests) is deleted after its last use."""

    var: Path
    throwaway: bool = False

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def mailbox(self) -> Path:
        return self.var / "mailbox"

    def prepare(self) -> None:
        for folder in (self.var, self.run, self.logs, self.var / "static"):
            folder.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o711)

    def sockets(self, server: str) -> Path:
        """The folder of a server's socket: short enough, and nobody else's."""
        folder = self.run / server
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:10]
            own = private_folder(Path("/tmp") / f"clientela-{os.getuid()}-{digest}")  # noqa: S108
            folder = own / server
        folder.mkdir(exist_ok=True)
        return folder


def default_places() -> Places:
    return Places(Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve())


def private_folder(folder: Path) -> Path:
    """Make it, or refuse it when another user put it there."""
    folder.mkdir(mode=0o711, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to someone else.")
    return folder
