"""Mappings that are kept by name: saved from the wizard, offered when the same columns come again.

1. ``mapping_save`` keeps what each column becomes, its policy, the options and how dates and
   numbers are written; never whether people agreed, which is asked for every file.
2. ``mapping_propose`` looks for one with the same names of columns, whatever their order; of
   several the one that was used last.
3. ``mapping_use`` puts it into a batch by the names of the columns. What exists no more (a custom
   field, a category) is left out; a column that the mapping does not know stays as recognised.
"""

import hashlib
import json
from collections import Counter
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.identity import fold
from customers.importing.destinations import custom_fields_of
from customers.importing.fields import AUTO, IGNORED, POLICIES
from customers.importing.mapping import REPEATABLE, is_known
from customers.models import Category, ImportBatch, ImportMapping, User

OPTIONS: Final = ("update", "activate", "mail", "tag", "category", "match")
HABITS: Final = ("date_order", "decimal")
LIMIT: Final = 80
OPEN: Final = (ImportBatch.State.UPLOADED, ImportBatch.State.REVIEW)


def signature_of(columns: list[dict[str, Any]]) -> str:
    """The same for files with the same names of columns."""
    names = sorted(fold(str(one["name"])) for one in columns if not one.get("path"))
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def mappings_listed() -> "QuerySet[ImportMapping]":
    return ImportMapping.objects.select_related("created_by")


def mappings_by_name() -> "QuerySet[ImportMapping]":
    return ImportMapping.objects.order_by("name")


def mapping_named(name: str) -> ImportMapping | None:
    return ImportMapping.objects.filter(name__iexact=name.strip()).first()


@transaction.atomic
def mapping_save(
    *,
    batch: ImportBatch,
    name: str,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> ImportMapping:
    """Keep what a configured batch does with its columns; under the same name for the same columns
    it takes the place of what was kept.

    :raises DomainError: no name, or one that is taken for other columns.
    """
    text = _clean_name(name, "save_as")
    signature = signature_of(batch.columns)
    known = ImportMapping.objects.select_for_update().filter(name__iexact=text).first()
    if known is not None and known.signature != signature:
        text = _("There is a mapping of this name for other columns.")
        raise DomainError("mapping_taken", text, field="save_as")
    mapping = known or ImportMapping(name=text, created_by=by)
    mapping.signature = signature
    mapping.columns = [
        {key: one.get(key, "") for key in ("name", "path", "field", "policy")}
        for one in batch.columns
    ]
    mapping.options = {key: batch.options.get(key, "") for key in OPTIONS}
    mapping.format = {key: batch.format[key] for key in HABITS if key in batch.format}
    mapping.used_at = clock.now()
    mapping.save()
    ImportBatch.objects.filter(pk=batch.pk).update(mapping=mapping)
    _audit("saved", mapping, by, request)
    return mapping


@transaction.atomic
def mapping_propose(*, batch: ImportBatch) -> ImportMapping | None:
    """Use what was saved for these columns, if something was."""
    found = ImportMapping.objects.filter(signature=signature_of(batch.columns))
    mapping = found.order_by(F("used_at").desc(nulls_last=True), "-pk").first()
    if mapping is not None:
        mapping_use(batch=batch, mapping=mapping)
    return mapping


@transaction.atomic
def mapping_use(*, batch: ImportBatch, mapping: ImportMapping) -> list[str]:
    """Put a mapping into a batch whose plan was not applied; returns what the file lacks of it.

    :raises DomainError: the batch is further on.
    """
    held = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state not in OPEN:
        raise DomainError("import_elsewhere", _("This import is already further on."))
    kept = {_key(one): one for one in mapping.columns}
    held.columns = _mapped(held.columns, kept)
    held.options = {**held.options, **_options(mapping.options, held.columns)}
    habits = {key: value for key, value in mapping.format.items() if key in HABITS}
    held.format = {**held.format, **habits}
    held.mapping, held.state = mapping, ImportBatch.State.UPLOADED
    held.save(update_fields=["columns", "options", "format", "mapping", "state"])
    ImportMapping.objects.filter(pk=mapping.pk).update(used_at=clock.now())
    there = {_key(one) for one in held.columns}
    return [str(one["name"]) for key, one in kept.items() if key not in there]


@transaction.atomic
def mapping_rename(
    *, mapping: ImportMapping, name: str, by: User, request: HttpRequest | None = None
) -> None:
    """
    :raises DomainError: no name, or a taken one.
    """
    text = _clean_name(name, "name")
    held = ImportMapping.objects.select_for_update().get(pk=mapping.pk)
    if ImportMapping.objects.filter(name__iexact=text).exclude(pk=held.pk).exists():
        raise DomainError("mapping_taken", _("There is a mapping of this name."), field="name")
    held.name = text
    held.save(update_fields=["name"])
    _audit("renamed", held, by, request)


@transaction.atomic
def mapping_delete(*, mapping: ImportMapping, by: User, request: HttpRequest | None = None) -> None:
    """Imports that used it stay as they are."""
    held = ImportMapping.objects.select_for_update().filter(pk=mapping.pk).first()
    if held is not None:
        _audit("deleted", held, by, request)
        held.delete()


def _key(column: dict[str, Any]) -> tuple[str, str]:
    return fold(str(column["name"])), str(column.get("path", ""))


def _mapped(
    columns: list[dict[str, Any]], kept: dict[tuple[str, str], dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the mapping knows comes first; a recognised column never doubles it."""
    custom = custom_fields_of()
    wanted = [_wish(one, kept.get(_key(one)), custom) for one in columns]
    taken = Counter(one["field"] for one in wanted if one is not None)
    mapped = []
    for column, wish in zip(columns, wanted, strict=True):
        if wish is not None:
            mapped.append({**column, **wish, "is_recognised": True})
        elif taken[column["field"]] and column["field"] not in REPEATABLE:
            mapped.append({**column, "field": IGNORED, "is_recognised": False})
        else:
            mapped.append(column)
    return mapped


def _wish(
    column: dict[str, Any], kept: dict[str, Any] | None, custom: dict[str, Any]
) -> dict[str, str] | None:
    if kept is None or kept["policy"] not in POLICIES or not is_known(kept["field"], custom):
        return None
    return {"field": kept["field"], "policy": kept["policy"]}


def _options(options: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    found = {key: value for key, value in options.items() if key in OPTIONS}
    if found.get("match") and all(one["field"] != found["match"] for one in columns):
        found["match"] = AUTO
    code = found.get("category")
    if code and not Category.objects.filter(code=code, source="").exists():
        found["category"] = ""
    return found


def _clean_name(name: str, field: str) -> str:
    text = " ".join(name.split())[:LIMIT]
    if not text:
        raise DomainError("name_empty", _("Write a name."), field=field)
    return text


def _audit(verb: str, mapping: ImportMapping, by: User | None, request: Any) -> None:
    audit.record(
        f"customers.import_mapping.{verb}",
        actor=by,
        subject=mapping,
        data={"name": mapping.name},
        request=request,
    )
