"""What we did not write: each file with its licence, its version and its digest."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

VENDOR = ROOT / "static" / "vendor"
MANIFEST = VENDOR / "manifest.toml"
LICENCES = {"MIT", "BSD-2-Clause", "Zero-Clause BSD", "OFL-1.1", "Apache-2.0"}


def packages() -> dict[str, dict[str, object]]:
    with MANIFEST.open("rb") as file:
        return tomllib.load(file)


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_folder_is_in_the_manifest_and_every_entry_is_there():
    assert set(packages()) == {path.name for path in VENDOR.iterdir() if path.is_dir()}


@pytest.mark.parametrize("name", sorted(packages()))
def test_a_package_has_its_version_licence_and_exactly_these_files(name: str):
    package = packages()[name]
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(package["version"]))
    assert name.endswith(f"-{package['version']}")
    assert package["licence"] in LICENCES
    assert str(package["source"]).startswith("https://")
    assert len((VENDOR / name / "LICENSE").read_text()) > 200
    assert files_of(VENDOR / name) == package["sha256"]


def test_no_foreign_library_lies_outside_of_vendor():
    minified = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "static").rglob("*.js")
        if VENDOR not in path.parents
        and any(len(line) > 1_000 for line in path.read_text().splitlines())
    ]
    assert minified == []
