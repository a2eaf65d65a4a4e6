"""Notes of staff about a person; what they said before is kept."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.notices import notice_give
from customers.models import Customer, Note, NoteRevision, User
from customers.rules.mentions import mentions_in
from customers.rules.texts import paragraphs, within
from customers.selectors.colleagues import colleagues_who_see_customers
from customers.services.trail import leave_trail

BODY_LIMIT = 10_000


def _clean_body(body: str) -> str:
    text = within(paragraphs(body), BODY_LIMIT, "body")
    if not text:
        raise DomainError("note_empty", _("Write the note."), field="body")
    return text


@transaction.atomic
def note_add(
    *,
    customer: Customer,
    body: str,
    by: User | None = None,
    is_pinned: bool = False,
    request: HttpRequest | None = None,
) -> Note:
    """Add a note to the record and to its timeline."""
    text = _clean_body(body)
    note = Note.objects.create(
        customer=customer, author=by, body=text, mentions=_mentions(text), is_pinned=is_pinned
    )
    _leave_note_trail(note, "note_added", by, request, after={"body": note.body})
    _tell_mentioned(note, by)
    return note


def _mentions(text: str) -> list[list[Any]]:
    """Only who may see customers can be mentioned."""
    if "@" not in text:
        return []
    found = mentions_in(text, colleagues_who_see_customers())
    return [[one.user_id, one.text] for one in found]


def _tell_mentioned(note: Note, by: User | None) -> None:
    """Each one once a note; the notice names nobody but the writer, so an erasure spares it."""
    ids = {user_id for user_id, _text in note.mentions if by is None or user_id != by.pk}
    url = reverse("customers:panel", args=[note.customer.public_id, "notes"])
    for user in User.objects.filter(pk__in=ids):
        with translation.override(user.language):
            title = (
                _("%(who)s mentioned you in a note") % {"who": by}
                if by
                else _("You are mentioned in a note")
            )
        notice_give(
            user_id=user.pk,
            key=f"note:{note.public_id}",
            title=title,
            url=f"{url}#note-{note.public_id}",
            icon="at",
        )


@transaction.atomic
def note_edit(
    *,
    note: Note,
    body: str,
    version: int,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Note:
    """Change what a note says; the words before stay as a revision.

    :raises DomainError: ``version_conflict`` when it was edited since ``version``.
    """
    held = _held(note)
    if held.version != version:
        raise DomainError("version_conflict", _("Somebody else edited this note meanwhile."))
    text = _clean_body(body)
    if text == held.body:
        return held
    _keep_revision(held, by)
    before, held.body, held.edited_at = held.body, text, clock.now()
    held.mentions = _mentions(text)
    held.version += 1
    held.save(update_fields=["body", "mentions", "edited_at", "version"])
    _leave_note_trail(
        held, "note_edited", by, request, before={"body": before}, after={"body": text}
    )
    _tell_mentioned(held, by)
    return held


@transaction.atomic
def note_pin(
    *, note: Note, is_pinned: bool, by: User | None = None, request: HttpRequest | None = None
) -> Note:
    """Keep a note on top, or let it go back to its place."""
    held = _held(note)
    if held.is_pinned != is_pinned:
        held.is_pinned = is_pinned
        held.save(update_fields=["is_pinned"])
        action = "note_pinned" if is_pinned else "note_unpinned"
        leave_trail(held.customer, action, by=by, request=request, data={"note": held.pk})
    return held


@transaction.atomic
def note_delete(*, note: Note, by: User | None = None, request: HttpRequest | None = None) -> None:
    """Take a note away; its words stay as a revision for the audit."""
    held = _held(note)
    _keep_revision(held, by)
    held.deleted_at, held.is_pinned = clock.now(), False
    held.save(update_fields=["deleted_at", "is_pinned"])
    _leave_note_trail(held, "note_deleted", by, request, before={"body": held.body}, kind="")


def _held(note: Note) -> Note:
    held = Note.objects.select_for_update(of=("self",)).select_related("customer").get(pk=note.pk)
    if held.deleted_at is not None:
        raise DomainError("note_gone", _("Somebody deleted this note."))
    return held


def _keep_revision(note: Note, by: User | None) -> None:
    NoteRevision.objects.create(note=note, body=note.body, author=by)


def _leave_note_trail(
    note: Note,
    action: str,
    by: User | None,
    request: HttpRequest | None,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    kind: str | None = None,
) -> None:
    leave_trail(
        note.customer,
        action,
        by=by,
        request=request,
        before=before,
        after=after,
        data={"note": note.pk},
        kind=action if kind is None else kind,
        thing=("note", note.pk),
    )
