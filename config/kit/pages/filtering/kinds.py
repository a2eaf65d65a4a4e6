"""The kinds of filters that lists declare in their ``FilterSet``.

With ``method`` the value reaches the method as it is (``Span``, ``Picked``, ``str`` or ``Blank``).
"""

from typing import Any

import django_filters
from django.db.models import QuerySet

from config.kit.pages.filtering.fields import (
    AnyOf,
    AnyOfField,
    AnyOfRowsField,
    Picked,
    WhenField,
    WordsField,
)
from config.kit.pages.filtering.spans import Span


class WhenFilter(django_filters.Filter):
    """By an instant: relative spans that move, days, and whether there is one at all."""

    field_class = WhenField

    def filter(self, qs: "QuerySet[Any]", value: Span | None) -> "QuerySet[Any]":
        return qs if value is None else qs.filter(value.condition(self.field_name))


class AnyOfFilter(django_filters.Filter):
    """By any of some choices."""

    field_class: type[AnyOf] = AnyOfField

    def filter(self, qs: "QuerySet[Any]", value: Picked | None) -> "QuerySet[Any]":
        return qs if value is None else qs.filter(value.condition(self.field_name))


class AnyOfRowsFilter(AnyOfFilter):
    """By any of some rows: ``queryset=``, ``search_by=``."""

    field_class = AnyOfRowsField


class WordsFilter(django_filters.Filter):
    """By a text, through ``method``; ``finds=`` says in the panel how it is compared."""

    field_class = WordsField
