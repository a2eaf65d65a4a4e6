"""From a bare Python to the project's own environment. Standard library only.

1. Find a Python of at least 3.11, by running the candidates.
2. Make ``.venv`` and put uv into it.
3. Install the hashed lock files that the command needs; a stamp makes the next start instant.
4. Continue inside ``.venv`` with the command itself.

The syntax stays that of Python 3.6, so that an old interpreter gets as far as step 1.
"""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, NoReturn, Optional

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "clientela.json"
SYSTEM = ROOT / "var" / "sys"
OLDEST = (3, 11)
BEGAN = "CLIENTELA_BEGAN"  # tells the continued process when the first one began
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3.14", "python3", "python")
RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-dev.lock"
UV_LOCK = "requirements-uv.lock"
LDAP_LOCK = "requirements-ldap.lock"
LDAP_PACKAGES = ("libldap2-dev", "libsasl2-dev", "gcc", "python3-dev")


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def main(argv: List[str]) -> None:
    """Return inside the project's environment; everything below step 1 happens once per lock."""
    os.environ.setdefault(BEGAN, str(time.time()))
    if sys.version_info < OLDEST:
        continue_with(find_python(), argv)
    locks = locks_for(argv)
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    try:
        if not is_installed(locks):
            set_up(locks)
    except SetupError as error:
        sys.exit(str(error))
    keep_bytecode()
    if not inside:
        continue_with(str(VENV_PYTHON), argv)


def keep_bytecode() -> None:
    """Where compiled modules must not lie beside the sources they are kept in the environment.

    Without them each of the half dozen processes of ``up`` compiles 1,800 modules when it starts.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]
        sys.dont_write_bytecode = False


def continue_with(python: str, argv: List[str]) -> NoReturn:
    os.execv(python, [python, str(ROOT / "manage.py"), *argv[1:]])  # noqa: S606


def find_python() -> str:
    """The first candidate that runs and is new enough: a name on the path may be an empty shim."""
    for name in CANDIDATES:
        path = shutil.which(name)
        if path and is_new_enough(path):
            return path
    sys.exit(
        f"Clientela needs Python 3.11 or newer; this is Python {sys.version_info[0]}."
        f"{sys.version_info[1]}, and none of {', '.join(CANDIDATES)} on the "
        "path is newer. Install one (Debian, Ubuntu: apt-get install python3.11 "
        "python3.11-venv) and run manage.py with it."
    )


def is_new_enough(python: str) -> bool:
    return succeeds([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])


def locks_for(argv: List[str]) -> List[str]:
    wanted = [RUN_LOCK]
    if argv[1:2] == ["test"]:
        wanted.append(TEST_LOCK)
    if os.environ.get("CLIENTELA_LDAP") == "1" and (ROOT / LDAP_LOCK).exists():
        wanted.append(LDAP_LOCK)
    return wanted


def is_installed(locks: List[str]) -> bool:
    if not VENV_PYTHON.exists():
        return False
    done = read_stamp()
    return all(done.get(name) == digest(name) for name in locks)


def read_stamp() -> Dict[str, str]:
    try:
        stamp: Dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def set_up(locks: List[str]) -> None:
    """Make the environment, or bring it up to the lock files. One process at a time."""
    with (ROOT / RUN_LOCK).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if is_installed(locks):
            return
        if not (VENV_PYTHON.exists() and is_new_enough(str(VENV_PYTHON))):
            stage("Python environment", make_environment)
        if not uv_path().exists():
            stage("uv", install_uv_by_pip)
        for name in locks:
            if read_stamp().get(name) != digest(name):
                stage(name, lambda lock=name: install_lock(lock))  # type: ignore[misc]


def stage(title: str, work: Callable[[], None]) -> None:
    start = time.monotonic()
    print(f"  {title:<28}", end="", file=sys.stderr)
    sys.stderr.flush()
    try:
        work()
    except SetupError:
        print("failed", file=sys.stderr)
        raise
    print(f"{time.monotonic() - start:6.1f} s", file=sys.stderr)


def uv_path() -> Path:
    return VENV / "bin" / "uv"


def make_environment() -> None:
    """``python -m venv``; where a distribution splits that off, whatever else brings one."""
    if make_venv():
        return
    if apt_install([venv_package()]) and make_venv():
        return
    pip = borrowed_pip()
    if pip is not None and make_venv_with_uv(pip):
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    raise SetupError(
        "Python's venv module does not work here: a distribution may ship it in a package of "
        "its own. Install it and start again:\n"
        f"  Debian, Ubuntu: sudo apt-get install {venv_package()}\n"
        "  Alpine: sudo apk add py3-virtualenv py3-pip\n"
        "  Fedora, RHEL: sudo dnf install python3-pip"
    )


def venv_package() -> str:
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def make_venv() -> bool:
    return succeeds([sys.executable, "-m", "venv", "--clear", str(VENV)])


def borrowed_pip() -> Optional[Dict[str, str]]:
    """The variables under which ``python -m pip`` works outside a venv, or None.

    Without a pip of the interpreter's own, the wheel inside Debian's package does: fetching
    and unpacking a package needs no rights.
    """
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return {}
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    SYSTEM.mkdir(parents=True, exist_ok=True)
    if not succeeds(["apt-get", "download", "python3-pip-whl"], folder=SYSTEM):
        return None
    for package in SYSTEM.glob("python3-pip-whl*.deb"):
        succeeds(["dpkg-deb", "-x", str(package), str(SYSTEM)])
    return pip_wheel() or None


def pip_wheel() -> Dict[str, str]:
    """The variables that make the unpacked wheel of pip importable; none without it."""
    wheels = sorted(SYSTEM.glob("usr/share/python-wheels/pip-*.whl"))
    return {"PYTHONPATH": str(wheels[-1])} if wheels else {}


def make_venv_with_uv(pip: Dict[str, str]) -> bool:
    tools = ROOT / "var" / "uv"
    install = ["install", "--quiet", "--target", str(tools), "--require-hashes", "-r", UV_LOCK]
    if not succeeds([sys.executable, "-m", "pip", *install], more=pip):
        return False
    uv = str(tools / "bin" / "uv")
    if not succeeds([uv, "venv", "--clear", "--python", sys.executable, str(VENV)]):
        return False
    shutil.copy2(uv, str(uv_path()))
    return True


def install_uv_by_pip() -> None:
    """uv, or nothing where it has no wheel: then pip installs the locks, only slower."""
    install = ["install", "--quiet", "--require-hashes", "-r", UV_LOCK]
    succeeds([str(VENV_PYTHON), "-m", "pip", *install])


def install_lock(name: str) -> None:
    if name == LDAP_LOCK:
        install_ldap()
        return
    code, output = install_quietly(name)
    if code != 0:
        raise SetupError(f"{name} could not be installed:\n{output}")
    stamp(name)


def install_ldap() -> None:
    """Optional: it is built from source, so the main job never waits for it to succeed."""
    if not Path("/usr/include/lber.h").exists():
        apt_install(list(LDAP_PACKAGES))
    code, _output = install_quietly(LDAP_LOCK)
    if code != 0:
        print("company directories stay off: python-ldap did not build; ", file=sys.stderr, end="")
        print(f"sudo apt-get install {' '.join(LDAP_PACKAGES)}", file=sys.stderr)
        return
    stamp(LDAP_LOCK)


def install_quietly(name: str) -> "tuple[int, str]":
    options = ["install", "--quiet", "--require-hashes", "-r", name]
    if uv_path().exists():
        return install_with_uv([str(uv_path()), "pip", *options, "--python", str(VENV_PYTHON)])
    return run([str(VENV_PYTHON), "-m", "pip", *options])


def install_with_uv(command: List[str]) -> "tuple[int, str]":
    """uv brings its own list of authorities; where that does not do, the system's may."""
    settings = uv_settings()
    code, output = run(command, more=settings)
    if code != 0 and "certificate" in output:
        settings = {**settings, "UV_SYSTEM_CERTS": "1"}
        code, output = run(command, more=settings)
    return code, output


def uv_settings() -> Dict[str, str]:
    """What pip is told about indexes and certificates here; uv does not read pip's files."""
    told = {}
    listing = ["-m", "pip", "config", "list"]
    code, output = run([str(VENV_PYTHON), *listing])
    if code != 0:
        _code, output = run([sys.executable, *listing], more=pip_wheel())
    for line in output.splitlines():
        key, _, value = line.partition("=")
        words = shlex.split(value) if _ else []
        told[key.rpartition(".")[2]] = words[0] if words else ""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "default-timeout": "UV_HTTP_TIMEOUT",
    }
    return {
        variable: told[key]
        for key, variable in names.items()
        if told.get(key) and variable not in os.environ
    }


def stamp(name: str) -> None:
    done = read_stamp()
    done[name] = digest(name)
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(done, indent=1))
    fresh.replace(STAMP)


def run(
    command: List[str], more: Optional[Dict[str, str]] = None, folder: Path = ROOT
) -> "tuple[int, str]":
    """Exit status and everything the program printed."""
    try:
        done = subprocess.run(
            command,
            cwd=str(folder),
            env={**os.environ, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            check=False,
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout


def succeeds(
    command: List[str], more: Optional[Dict[str, str]] = None, folder: Path = ROOT
) -> bool:
    return run(command, more, folder)[0] == 0


def apt_install(packages: List[str]) -> bool:
    """Install system packages where that is allowed without a question."""
    if not shutil.which("apt-get"):
        return False
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and not succeeds(["sudo", "-n", "true"]):
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if succeeds([*rights, *install], more=quiet):
        return True
    return succeeds([*rights, "apt-get", "update"]) and succeeds([*rights, *install], more=quiet)
