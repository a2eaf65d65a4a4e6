"""The texts of the product: gathered from the source, compared with the catalogue, compiled.

Babel does the work, so that gettext's own tools are not needed.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "lazy": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PYTHON_FOLDERS = ("config", "customers", "targets", "messaging")
OURS = "es"

Key = tuple[str | None, str]


def catalogue_path(language: str = OURS) -> Path:
    return Path(settings.LOCALE_DIR) / language / "LC_MESSAGES" / "django.po"


def _sources() -> Iterator[tuple[Path, bytes]]:
    for folder in PYTHON_FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt", ".svg", ".liquid", ".mjml"}:
            # Read as Python, where the indentation of markup would mean something.
            lines = templatize(path.read_text(), origin=str(path)).splitlines()
            yield path, "\n".join(line.lstrip() for line in lines).encode()


def gather() -> Catalog:
    """Every translatable text of the source, with the files that hold it."""
    found = Catalog(locale=OURS, domain="django", fuzzy=False)
    for path, source in _sources():
        options = {"encoding": "utf-8"}
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(source), KEYWORDS, (), options
        ):
            name = str(path.relative_to(settings.BASE_DIR))
            found.add(message, context=context, locations=[(name, 0)])
    return found


def read(language: str = OURS) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def problems() -> list[str]:
    """What is wrong with the Spanish catalogue: missing, empty, left over, other placeholders."""
    wanted, present = gather(), read()
    said: list[str] = []
    for message in wanted:
        if not message.id:
            continue
        ours = present.get(message.id, message.context)
        if ours is None or not ours.string or (message.pluralizable and not all(ours.string)):
            said.append(f"not translated: {message.id!r} ({message.locations[0][0]})")
        elif ours.fuzzy:
            said.append(f"fuzzy: {message.id!r}")
        else:
            ours.flags |= message.flags
            said.extend(f"{error}: {message.id!r}" for error in ours.check(present))
    said.extend(
        f"no longer used: {message.id!r}"
        for message in present
        if message.id and wanted.get(message.id, message.context) is None
    )
    return said


def update(fragments: list[Path]) -> int:
    """Write the catalogue anew from the source, keeping translations and taking over fragments.

    Returns how many texts still lack a translation.
    """
    wanted, known = gather(), [read()]
    for path in fragments:
        with path.open("rb") as file:
            known.append(read_po(file, locale=OURS, domain="django"))
    missing = 0
    for message in wanted:
        if not message.id:
            continue
        for catalogue in reversed(known):
            held = catalogue.get(message.id, message.context)
            if held is not None and _fits(held, message):
                message.string = held.string
                break
        else:
            missing += 1
    path = catalogue_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, wanted, sort_output=True, omit_header=False, no_location=True, width=100)
    return missing


def _fits(held: Message, message: Message) -> bool:
    """Whether it is translated, in as many forms as the text has."""
    if not held.string or isinstance(held.string, str) == message.pluralizable:
        return False
    return isinstance(held.string, str) or all(held.string)


def compile_all() -> list[Path]:
    """Make the ``.mo`` of every catalogue that is newer than it; returns what was made."""
    made = []
    for source in sorted(Path(settings.LOCALE_DIR).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], domain="django")
        # Whoever reads it meanwhile has the old one or the new one, never half of it.
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
        made.append(target)
    return made
