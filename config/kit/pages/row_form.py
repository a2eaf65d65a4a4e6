"""The form of one row that others may be editing too: shown, refused, joined or saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from config.kit.audit import last_entry_of
from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from config.kit.pages.forms import FormPage, conflict_response
from config.kit.pages.races import Shown, race, shown_read, shown_text
from config.kit.pages.toasts import toast

CONFLICT = "version_conflict"
F = TypeVar("F", bound=BaseForm)
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class RowForm(Generic[F, R]):
    """A declaration of the form; ``response`` does the rest, for GET and POST.

    ``shown()`` is what the form shows of the row as it stands now; None for a new row.
    ``make(data, initial)`` is the form and ``page(form)`` what stands around it.
    ``save(form, seen)`` refuses with ``version_conflict`` unless the row still shows what was
    ``seen``, which is None for a new row. ``leads_to`` is the address after it, from what ``save``
    gave. ``row`` is whose trail says who was faster.
    """

    make: Callable[[QueryDict | None, dict[str, Any]], F]
    page: Callable[[F], FormPage]
    save: Callable[[F, Shown | None], R]
    done: str
    leads_to: Callable[[R], str]
    shown: Callable[[], Shown] | None = None
    row: Model | None = None

    def response(self, request: HttpRequest, context: dict[str, Any] | None = None) -> HttpResponse:
        """302 when it is saved, 409 to choose after a lost race, else the page of the form."""
        shown = self.shown() if self.shown else None
        form = self.make(request.POST if request.method == "POST" else None, dict(shown or {}))
        if request.method == "POST" and form.is_valid():
            try:
                return self._saved(request, form)
            except DomainError as refusal:
                refusal.add_to(form)
        page = self.page(form)
        page.version = request.POST.get("version", "") or (shown_text(shown) if shown else "")
        return page.response(request, context)

    def _saved(self, request: HttpRequest, form: F) -> HttpResponse:
        seen = shown_read(request.POST.get("version", "")) if self.shown else None
        try:
            made = self.save(form, seen)
        except DomainError as refusal:
            if refusal.code != CONFLICT or self.shown is None:
                raise
            return self._joined(request, form, seen or {}, self.shown())
        return self._done(request, made, self.done)

    def _joined(self, request: HttpRequest, form: F, seen: Shown, theirs: Shown) -> HttpResponse:
        """Changes of different fields go together; of one field, this person chooses."""
        found = race(form, request.POST, base=seen, theirs=theirs)
        again = self.make(found.data, dict(theirs))
        entry = last_entry_of(self.row) if self.row else None
        if found.conflicts or not again.is_valid():
            return conflict_response(
                request,
                form=again,
                conflicts=found.conflicts,
                version=shown_text(theirs),
                back=self.page(form).back,
                data=found.data,
                by=_author(entry),
                at=entry.at if entry else None,
            )
        made = self.save(again, theirs)
        who = _author(entry) or _("somebody else")
        said = _("Saved, together with what %(who)s changed meanwhile.") % {"who": who}
        return self._done(request, made, said)

    def _done(self, request: HttpRequest, made: R, said: str) -> HttpResponse:
        toast(request, said)
        return HttpResponseRedirect(self.leads_to(made))


def _author(entry: AuditEntry | None) -> str:
    return entry.actor_label if entry else ""
