"""The documents stay true: what they name exists, and what exists is named."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from config.kit.events import event_types
from config.kit.registry import Registry
from tests.architecture.source import FOLDERS, ROOT, name_of, python_files

README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted(
    {
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md")),
    }
)
OWN_COMMANDS = {"up", "test"}
DJANGO_COMMANDS = {"check", "migrate", "collectstatic", "makemigrations", "shell"}
# Read before there are settings: by the bootstrap and the supervisor.
OUTSIDE_SETTINGS = {"CLIENTELA_LDAP"}
APPS = {"config.kit": "config/kit", **{name: name for name in FOLDERS if name != "config"}}


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def commands() -> set[str]:
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("commands/*.py"))
    return OWN_COMMANDS | {path.stem for path in files if path.stem != "__init__"}


def settings_read() -> set[str]:
    """The first argument of every reader in the settings."""
    tree = ast.parse((ROOT / "config" / "settings" / "__init__.py").read_text())
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_command_stands_in_the_readme_and_no_other():
    named = set(re.findall(r"^\| `([a-z_]+)", section("Commands"), re.M))
    assert named == commands()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_that_a_document_names_exists(path: Path):
    named = set(re.findall(r"manage\.py ([a-z_]+)", path.read_text()))
    assert named <= commands() | DJANGO_COMMANDS


def test_every_setting_stands_in_the_readme_and_no_other():
    rows = re.findall(r"^\| ((?:`[A-Z_]+` ?)+)\|", section("Settings"), re.M)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert named == settings_read() | OUTSIDE_SETTINGS


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path):
    links = re.findall(r"(?<!`)\[[^\]\n]+\]\(([^)#\s]+)[^)]*\)", path.read_text())
    inside = [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_and_folder_that_a_document_names_exists(path: Path):
    """Names in backquotes that begin with a folder of the code; a page may tell to make a file."""
    known = "|".join((*FOLDERS, "templates", "static", "tests"))
    named = set(re.findall(rf"`((?:{known})/[\w./-]*)`", path.read_text()))
    missing = {name for name in named if not (ROOT / name).exists()}
    to_make = {name for name in missing if path.name == "ADDING_A_FILTER.md" and "domain" in name}
    assert missing - to_make == set()


@pytest.mark.parametrize(("app", "folder"), APPS.items())
def test_every_app_has_a_readme_that_the_first_one_leads_to(app: str, folder: str):
    assert apps.is_installed(app)
    assert f"]({folder}/README.md)" in README


@pytest.mark.parametrize("name", [name for name in event_types if not name.startswith("tests.")])
def test_every_event_stands_in_the_readme_of_its_app(name: str):
    kind = event_types[name]
    folder = kind.__module__.removesuffix(".events").replace(".", "/")
    if (ROOT / folder / "README.md").exists():
        assert f"`{kind.__name__}`" in (ROOT / folder / "README.md").read_text()


def registries() -> list[tuple[str, str]]:
    """Folder and variable of every registry of the code."""
    found = []
    for path in python_files():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                kind = ast.unparse(node.annotation)
                if kind.startswith(f"{Registry.__name__}["):
                    app = next(
                        folder for folder in APPS.values() if name_of(path).startswith(folder)
                    )
                    found.append((app, node.target.id))
    return found


@pytest.mark.parametrize(("folder", "variable"), registries())
def test_every_registry_stands_in_the_readme_of_its_app(folder: str, variable: str):
    words = (ROOT / folder / "README.md").read_text()
    assert re.search(rf"`(?:[\w.]+\.)?{variable}`|\b{variable}\.register\(", words)
