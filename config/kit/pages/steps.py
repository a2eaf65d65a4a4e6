"""From one record to the next within the list that one came from.

The link of a row carries a short signed token of the list and its state; the record's page reads
it, finds the neighbours by the sort key, and keeps the token on its own links.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from config.kit.pages.index import IndexPage
from config.kit.pages.keyset import KEY, Cursor, Keyset
from config.kit.pages.sampling import walked
from config.kit.pages.step_tokens import NAME, step_read, with_step

__all__ = ["Steps", "steps_of"]


@dataclass(frozen=True)
class Steps:
    """The addresses around a record, and the token that its own links keep."""

    token: str = ""
    state: str = ""
    previous_url: str = ""
    next_url: str = ""

    def on(self, url: str) -> str:
        return with_step(url, self.token) if self.token else url

    def back(self, url: str) -> str:
        """The list as it was left."""
        return f"{url}?{self.state}" if self.state else url


def steps_of(request: HttpRequest, record: Any) -> Steps:
    """Empty without a token, with a forged one, or for a list that is not for this person."""
    token = request.GET.get(NAME, "")
    try:
        key, state = step_read(token)
    except signing.BadSignature:
        return Steps()
    found = IndexPage.of_key(key)
    user: Any = request.user
    if found is None or (found.permission and not user.has_perm(found.permission)):
        return Steps()
    index = found(params=QueryDict(state), user=user)
    if not isinstance(record, Model) or index.queryset().model is not type(record):
        return Steps()
    cursor = _place(index, record)
    beside = [_beside(index, cursor, forward=way) for way in (False, True)] if cursor else []
    urls = [with_step(index.record_url(row), token) if row else "" for row in beside]
    return Steps(token, state, *urls)


def _place(index: IndexPage[Any], record: Model) -> Cursor | None:
    """Where the record stands in the order, also when it has left the filter since."""
    rows = Keyset(index.queryset(), index.order, size=1).rows
    value = rows.filter(pk=record.pk).values_list(KEY, flat=True)[:1]
    return Cursor(value[0], record.pk) if value else None


def _beside(index: IndexPage[Any], cursor: Cursor, *, forward: bool) -> Any:
    """The row before or after; None at the end."""
    keyset = Keyset(index.filtered, index.order, size=1)
    ask = partial(keyset.beside, cursor, forward=forward)
    return walked(ask) if index.is_wide_search else ask()
