"""A text for people is a whole sentence: translated pieces are not glued together.

What can be told reliably is refused: a translation added to something, a translation between other
words in an f-string, and two translations of a template with nothing but a value between them.
"""

import ast
import re

from tests.architecture.source import name_of, python_files, templates

NAMES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "lazy"}
TWO = re.compile(
    r"{%\s*translate\s+(?:\"[^\"]*\"|'[^']*')\s*%}\s*(?:{{[^}]*}}\s*)?{%\s*translate\s"
    r"|{%\s*endblocktranslate\s*%}\s*(?:{{[^}]*}}\s*)?{%\s*(?:block)?translate\s"
)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES


def glued(tree: ast.AST) -> list[int]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            if _is_text(node.left) or _is_text(node.right):
                found.append(node.lineno)
        if isinstance(node, ast.JoinedStr):
            texts = [
                one
                for one in node.values
                if isinstance(one, ast.FormattedValue) and _is_text(one.value)
            ]
            words = [
                one for one in node.values
                if isinstance(one, ast.Constant) and re.search(r"[^\W\d_]{2,}", str(one.value))
            ]  # fmt: skip
            if texts and (words or len(texts) > 1):
                found.append(node.lineno)
    return found


def test_no_translation_is_glued_to_another_in_code():
    found = {name_of(path): glued(ast.parse(path.read_text())) for path in python_files()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_translation_is_glued_to_another_in_a_template():
    found = {name_of(path): TWO.findall(path.read_text()) for path in templates()}
    assert {name: pairs for name, pairs in found.items() if pairs} == {}


def test_the_law_sees_what_it_forbids():
    assert glued(ast.parse("x = _(\"Sent\") + name\ny = f\"{_('Of')} and {_('to')}\"")) == [1, 2]
    assert glued(ast.parse("x = f\"{_('Sent')}: {count}\"")) == []
    assert TWO.search('{% translate "Sent" %} {{ n }} {% translate "times" %}')
    assert not TWO.search('{% translate "Sent" %}</dt><dd>{% translate "never" %}')
