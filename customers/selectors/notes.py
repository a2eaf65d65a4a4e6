"""Notes about a person."""

from customers.models import Customer, Note, NoteRevision


def notes_of(customer: Customer) -> list[Note]:
    """Those that were not deleted: pinned ones first, then the newest."""
    notes = Note.objects.filter(customer=customer, deleted_at=None)
    return list(notes.select_related("author", "customer").order_by("-is_pinned", "-created_at"))


def revisions_of(note: Note) -> list[NoteRevision]:
    """What the note said before, newest first."""
    return list(note.revisions.select_related("author").order_by("-replaced_at", "-id"))
