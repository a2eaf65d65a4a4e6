"""From a bare Python to the project's environment."""

import ast
import hashlib
import json
import os
import re
import runpy
import sys
from pathlib import Path

import pytest

from config import bootstrap

ROOT = bootstrap.ROOT
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"]


def test_the_bootstrap_stays_readable_for_python_3_6():
    ast.parse((ROOT / "config" / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_a_python_that_cannot_read_the_bootstrap_is_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 5, 3))
    with pytest.raises(SystemExit) as refusal:
        runpy.run_path(str(ROOT / "manage.py"))
    assert "needs Python 3.11 or newer; this is Python 3.5" in str(refusal.value)


def test_an_old_python_without_a_newer_one_beside_it_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as refusal:
        bootstrap.main(["manage.py", "up"])
    assert "this is Python 3.9" in str(refusal.value)
    assert "apt-get install python3.11 python3.11-venv" in str(refusal.value)


@pytest.mark.parametrize(("told", "folder"), [("1", str(bootstrap.VENV / "bytecode")), ("", None)])
def test_compiled_modules_stay_out_of_the_sources_where_they_must(monkeypatch, told, folder):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", told)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", bool(told))
    bootstrap.keep_bytecode()
    assert (sys.pycache_prefix, sys.dont_write_bytecode) == (folder, False)
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ.get("PYTHONPYCACHEPREFIX") == folder


def make_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_an_empty_shim_on_the_path_is_passed_over(monkeypatch, tmp_path):
    make_program(tmp_path / "python3.13", "exit 127")
    make_program(tmp_path / "python3.12", f'exec "{sys.executable}" "$@"')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.find_python() == str(tmp_path / "python3.12")


@pytest.fixture
def project(monkeypatch, tmp_path: Path) -> Path:
    """A project with a lock file and an environment that was made for it."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", Path(sys.executable))
    (tmp_path / "requirements.lock").write_text("one==1\n")
    bootstrap.stamp("requirements.lock")
    return tmp_path


def test_a_second_start_installs_nothing(project: Path):
    assert json.loads((project / "stamp.json").read_text()) == {
        "requirements.lock": hashlib.sha256(b"one==1\n").hexdigest()
    }
    assert bootstrap.is_installed(["requirements.lock"])


def test_a_changed_lock_is_installed_again(project: Path):
    (project / "requirements.lock").write_text("one==2\n")
    assert not bootstrap.is_installed(["requirements.lock"])


def test_only_the_tests_need_the_second_lock():
    assert bootstrap.locks_for(["manage.py", "up"]) == ["requirements.lock"]
    assert bootstrap.locks_for(["manage.py", "test"]) == [
        "requirements.lock",
        "requirements-dev.lock",
    ]


def test_the_company_directory_is_an_extra_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("CLIENTELA_LDAP", "1")
    assert bootstrap.locks_for(["manage.py", "up"])[-1] == "requirements-ldap.lock"


def test_uv_is_told_what_pip_is_told(monkeypatch):
    told = "global.cert='/a/b.pem'\n:env:.index-url='http://index.example/simple'\n"
    monkeypatch.setattr(bootstrap, "run", lambda command: (0, told))
    for name in ("SSL_CERT_FILE", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    assert bootstrap.uv_settings() == {
        "SSL_CERT_FILE": "/a/b.pem",
        "UV_DEFAULT_INDEX": "http://index.example/simple",
    }


def test_where_its_own_authorities_do_not_do_uv_is_given_those_of_the_system(monkeypatch):
    tried: list[dict[str, str]] = []

    def run(command: list[str], more: dict[str, str]) -> tuple[int, str]:
        tried.append(more)
        return (0, "") if "UV_SYSTEM_CERTS" in more else (1, "invalid peer certificate")

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "uv_settings", lambda: {"UV_FIND_LINKS": "/wheels"})
    assert bootstrap.install_with_uv(["uv"]) == (0, "")
    assert tried == [
        {"UV_FIND_LINKS": "/wheels"},
        {"UV_FIND_LINKS": "/wheels", "UV_SYSTEM_CERTS": "1"},
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes_and_no_address(name: str):
    text = (ROOT / name).read_text()
    packages = re.findall(
        r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^\n]*\\\n {4}--hash=sha256:", text, re.M
    )
    assert len(packages) == len(re.findall(r"^[A-Za-z0-9]", text, re.M)) > 0
    assert "://" not in text
