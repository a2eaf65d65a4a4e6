"""The names of what the audit trail speaks of, many at once."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from customers.models import (
    Category,
    Customer,
    CustomField,
    ImportBatch,
    ImportMapping,
    PolicyVersion,
    PrivacyRequest,
    Tag,
    User,
)
from customers.selectors.custom_fields import custom_label

M = TypeVar("M", bound=Model)


def customers_named(ids: Iterable[int]) -> list[tuple[int, UUID, str]]:
    return [(one.pk, one.public_id, str(one)) for one in _of(Customer.objects.all(), ids)]


def users_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    return [(one.pk, str(one)) for one in _of(User.objects.all(), ids)]


def tags_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in _of(Tag.objects.all(), ids)]


def categories_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in _of(Category.objects.all(), ids)]


def custom_fields_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    return [(one.pk, custom_label(one)) for one in _of(CustomField.objects.all(), ids)]


def policies_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    return [
        (one.pk, one.label if one.number else f"{one.language} · {one.title}")
        for one in _of(PolicyVersion.objects.all(), ids)
    ]


def batches_named(ids: Iterable[int]) -> list[tuple[int, UUID, str]]:
    return [(one.pk, one.public_id, one.file_name) for one in _of(ImportBatch.objects.all(), ids)]


def requests_named(ids: Iterable[int]) -> list[tuple[int, UUID, str]]:
    return [(one.pk, one.public_id, one.number) for one in _of(PrivacyRequest.objects.all(), ids)]


def mappings_named(ids: Iterable[int]) -> list[tuple[int, UUID, str]]:
    return [(one.pk, one.public_id, one.name) for one in _of(ImportMapping.objects.all(), ids)]


def _of(rows: "QuerySet[M]", ids: Iterable[int]) -> "QuerySet[M]":
    return rows.filter(pk__in=list(ids))
