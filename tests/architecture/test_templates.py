"""Templates hold no script or style of their own and trust no data."""

import re

import pytest

from tests.architecture.source import name_of, templates

MAIL_FOLDERS = {"mails"}
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "an event attribute": r"\son(click|change|submit|load|input|focus|error)\s*=",
    "a style element": r"<style\b",
    "text taken for markup": r"\|\s*safe\b|autoescape off|\bsafeseq\b",
    "a javascript address": r"javascript:",
    "a foreign address": r"(src|href)\s*=\s*[\"']https?://",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name_of(path)}:{text.count(chr(10), 0, match.start()) + 1}"
        for path in templates()
        if not MAIL_FOLDERS & set(path.parts)
        for text in [path.read_text()]
        for match in pattern.finditer(text)
    ]
    assert found == []
