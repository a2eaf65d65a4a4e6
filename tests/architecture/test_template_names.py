"""A template says at its top which names it asks for; those, and no others."""

import re
from pathlib import Path

import pytest

from config.kit.context import site
from tests.architecture.source import ROOT, name_of, templates
from tests.architecture.template_names import (
    EVERYWHERE,
    named_in_header,
    reached_from,
    used_in,
)

TEMPLATES = ROOT / "templates"
# The shapes of the kit hand these to every part that they include.
FROM_THE_SHAPE = {"record", "index", "page"}
BY_NAME = re.compile(r"{%\s*include\s+[a-z]")


@pytest.fixture
def everywhere(rf: object) -> set[str]:
    request = rf.get("/")  # type: ignore[attr-defined]
    return EVERYWHERE | set(site(request))


def test_a_template_names_exactly_what_it_asks_for(everywhere: set[str]):
    wrong = {name_of(path): found for path in templates() if (found := problem(path, everywhere))}
    assert wrong == {}, "the comment at the top says: Variables: one, two."


def problem(path: Path, everywhere: set[str]) -> str:
    text = path.read_text()
    used = used_in(path) - everywhere
    named = named_in_header(text) or set()
    if used - named:
        return f"used, not named: {', '.join(sorted(used - named))}"
    if BY_NAME.search(text):
        return ""
    idle = named - reached_from(path, TEMPLATES) - everywhere - FROM_THE_SHAPE
    return f"named, not used: {', '.join(sorted(idle))}" if idle else ""


def test_the_names_are_read_off_the_nodes(tmp_path: Path):
    path = tmp_path / "x.html"
    path.write_text(
        "{% comment %}Variables: rows (a list, of rows), title; extra.{% endcomment %}"
        "{% for row in rows %}{{ row.name|default:title }}{{ forloop.counter }}{% endfor %}"
        "{% with a=extra.b %}{{ a }}{% endwith %}{% if flag and not other %}{% endif %}"
        "{% blocktranslate with who=person.name %}Hi {{ who }} {{ site }}{% endblocktranslate %}"
        "{% url 'kit:home' as home %}{{ home }}{% include 'kit/x.html' with one=two only %}"
    )
    assert used_in(path) == {"rows", "title", "extra", "flag", "other", "person", "site", "two"}
    assert named_in_header(path.read_text()) == {"rows", "title", "extra"}
