"""``targets/ADDING_A_FILTER.md`` is followed to the letter: its blocks go where it says."""

import inspect
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.utils import translation

from config.kit.translations import catalogue_path, compile_all
from targets import filters as filters_package
from targets.reading import rule_from_json
from targets.registry import filters, register_filters
from targets.schema import rule_schema
from targets.selectors.words import rule_words
from tests.architecture.source import ROOT
from tests.targets.conftest import document

PAGE = ROOT / "targets" / "ADDING_A_FILTER.md"
CODE = "targets/filters"
RULE = {"filter": "email_domain", "op": "is", "value": "correo.example"}


def blocks() -> dict[str, str]:
    """File → what the page says to write there; the longest path that a step names is its file."""
    found = {}
    for step in PAGE.read_text().split("\n## ")[1:]:
        written = re.findall(r"```(?:python|po)\n(.*?)```", step, re.S)
        if written:
            name = re.search(r"`((?:targets|config|tests)/[\w/]+\.(?:py|po))`", step)
            assert name is not None, step
            found[name.group(1)] = "\n\n".join(written)
    return found


@pytest.fixture
def followed(tmp_path: Path, monkeypatch, settings) -> Iterator[dict[str, str]]:
    """The page followed in a copy of the folders that it writes to."""
    written = blocks()
    settings.LOCALE_DIR = tmp_path / "config" / "locale"
    shutil.copytree(ROOT / "config" / "locale", settings.LOCALE_DIR)
    for name, text in written.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f"\n{text}" if path.suffix == ".po" else text)
    assert catalogue_path().is_relative_to(tmp_path)
    compile_all()
    settings.LOCALE_PATHS = [settings.LOCALE_DIR]
    monkeypatch.setattr(filters_package, "__path__", [str(tmp_path / CODE)])
    monkeypatch.setattr(filters, "_values", dict(filters.items()))
    register_filters("targets.filters")
    yield {name: str(tmp_path / name) for name in written}
    sys.modules.pop("targets.filters.email_domain", None)


def test_the_page_writes_a_filter_its_texts_and_its_test():
    assert list(blocks()) == [
        "targets/filters/email_domain.py",
        "config/locale/es/LC_MESSAGES/django.po",
        "tests/targets/test_email_domain.py",
    ]


@pytest.mark.feature("TG00")
@pytest.mark.django_db
def test_the_new_filter_is_offered_and_explains_itself_in_both_languages(
    followed, ana, staff_client
):
    client = staff_client(ana)
    for language, label, sentence in (
        (
            "es",
            "Dominio del correo",
            "Personas que tienen un dominio de correo que es «correo.example».",
        ),
        ("en", "E-mail domain", "People who have an e-mail domain that is “correo.example”."),
    ):
        ana.language = language
        ana.save()
        client.cookies["language"] = language
        offered = client.get("/backoffice/targets/new/", headers={"accept-language": language})
        assert label in offered.content.decode()
        with translation.override(language):
            assert rule_words(rule_from_json(document(RULE))) == sentence
    assert "email_domain" in str(rule_schema())


@pytest.mark.django_db
def test_the_tests_of_the_page_pass(followed, people):
    module = ModuleType("page")
    exec(Path(followed["tests/targets/test_email_domain.py"]).read_text(), module.__dict__)
    tests = [one for name, one in vars(module).items() if name.startswith("test_")]
    assert len(tests) == 3
    for test in tests:
        assert list(inspect.signature(test).parameters) == ["people"]
        test(people)
