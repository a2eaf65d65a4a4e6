"""Notes of a record."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    toast,
)
from customers.access import customer_of, note_of
from customers.backoffice.forms import NoteForm
from customers.models import Customer, Note
from customers.rules.mentions import colleagues_like, handle_of
from customers.selectors.colleagues import colleagues_who_see_customers
from customers.selectors.notes import revisions_of
from customers.services.notes import note_add, note_delete, note_edit, note_pin

MENTIONS_OFFERED = 6


def _notes_url(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "notes"])


def _form_page(form: NoteForm, customer: Customer, note: Note | None) -> FormPage:
    return FormPage(
        form,
        title=_("Edit the note") if note else _("New note"),
        back=Link(str(customer), _notes_url(customer)),
        submit=_("Save note"),
        sections=[Section("", "", [Wide("body", 3)])],
        template_name="customers/note_form.html",
    )


@backoffice("customers.add_note")
@require_http_methods(["GET", "POST"])
def note_create(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note = note_add(
                customer=customer,
                body=form.cleaned_data["body"],
                by=request.user,
                request=request,
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            _say_who_is_told(request, note)
            return redirect("customers:record", customer.public_id)
    return _form_page(form, customer, None).response(request)


@backoffice("customers.change_note")
@require_http_methods(["GET", "POST"])
def note_change(request: StaffRequest, public_id: UUID, note_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    note = note_of(customer, note_id)

    def save(form: NoteForm, seen: Shown | None) -> None:
        note_edit(
            note=note,
            body=form.cleaned_data["body"],
            version=whole(str((seen or {}).get("version", ""))),
            by=request.user,
            request=request,
        )

    return RowForm(
        shown=lambda: _shown(note_of(customer, note_id)),
        make=lambda data, initial: NoteForm(data, initial=initial),
        page=lambda form: _form_page(form, customer, note),
        save=save,
        done=_("The note was saved. What it said before is kept."),
        leads_to=lambda _saved: _notes_url(customer),
    ).response(request, {"note": note, "revisions": revisions_of(note)})


def _say_who_is_told(request: StaffRequest, note: Note) -> None:
    names = dict.fromkeys(text for user, text in note.mentions if user != request.user.pk)
    if names:
        told = _("A notice went to %(names)s.") % {"names": ", ".join(names)}
        toast(request, told, level="info")


@backoffice("customers.view_note")
@require_safe
def mention_options(request: StaffRequest) -> HttpResponse:
    """The colleagues whom what stands after an @ may mean."""
    colleagues = colleagues_who_see_customers()
    found = colleagues_like(request.GET.get("q", ""), colleagues, MENTIONS_OFFERED)
    options = [(one, handle_of(one, colleagues)) for one in found]
    context = {"options": [pair for pair in options if pair[1]]}
    return render(request, "customers/mention_options.html", context)


def _shown(note: Note) -> dict[str, Any]:
    """What the form shows, and the version of the note that it shows."""
    return {"body": note.body, "version": note.version}


@backoffice("customers.change_note")
@require_POST
def note_toggle_pin(request: StaffRequest, public_id: UUID, note_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    note = note_of(customer, note_id)
    note_pin(note=note, is_pinned=not note.is_pinned, by=request.user, request=request)
    return redirect(_notes_url(customer))


@backoffice("customers.delete_note")
@require_http_methods(["GET", "POST"])
def note_remove(request: StaffRequest, public_id: UUID, note_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    note = note_of(customer, note_id)
    if confirmed(request):
        note_delete(note=note, by=request.user, request=request)
        toast(request, _("The note was deleted."))
        return redirect(_notes_url(customer))
    return confirm_response(
        request,
        title=_("Delete the note"),
        text=_("It leaves the record. The timeline keeps that there was one, the audit its words."),
        submit=_("Delete note"),
        back=_notes_url(customer),
    )
