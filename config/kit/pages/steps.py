"""From one record to the next within the list that one came from.

The link of a row carries a short signed token of the list and its state; the record's page reads
it, finds the neighbours by the sort key, and keeps the token on its own links.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from config.kit.pages.index import IndexPage
from config.kit.pages.keyset import KEY, Cursor, Keyset
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
    beside = [_beside(index, record, forward=way) for way in (False, True)]
    urls = [with_step(index.record_url(row), token) if row else "" for row in beside]
    return Steps(token, state, *urls)


def _beside(index: IndexPage[Any], record: Model, *, forward: bool) -> Any:
    """The row before or after, wherever the record itself stands now; None at the end."""
    here = Keyset(index.queryset(), index.order, size=1)
    value = here.rows.filter(pk=record.pk).values_list(KEY, flat=True)[:1]
    if not value:
        return None
    keyset = Keyset(index.filtered, index.order, size=1)
    return keyset.beside(Cursor(value[0], record.pk), forward=forward)
