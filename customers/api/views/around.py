"""What stands around a person: notes, consents, activity."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import Router
from ninja.responses import Status

from config.kit.api.door import ApiRequest, BearerToken
from config.kit.net import client_ip
from customers.access import note_of
from customers.api.activity import events_of
from customers.api.reading import customer_or_404, etag, version_in
from customers.api.schemas_around import (
    ActivityBatch,
    ActivityKindIn,
    ActivityKindOut,
    ActivityTaken,
    ConsentIn,
    ConsentsOut,
    NoteIn,
    NoteOut,
    NotePatch,
)
from customers.api.views.customers import IF_MATCH
from customers.models import Customer, Note
from customers.selectors.activity_kinds import own_kinds
from customers.selectors.consents import statements_of, states_of
from customers.selectors.notes import notes_of
from customers.services.consent import Proof
from customers.services.notes import note_add, note_delete, note_edit
from customers.services.own_activity import own_activity_kind_save, own_activity_record
from customers.services.programs import consent_record_by_program

router = Router(tags=["Notes"])
consents = Router(tags=["Consents"])
activity = Router(tags=["Activity"])
NOTES_READ, NOTES_WRITE = BearerToken("notes:read"), BearerToken("notes:write")
CONSENTS_READ, CONSENTS_WRITE = BearerToken("consents:read"), BearerToken("consents:write")
ACTIVITY = BearerToken("activity:write")


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.public_id,
        "version": note.version,
        "body": note.body,
        "is_pinned": note.is_pinned,
        "author": str(note.author or ""),
        "created_at": note.created_at,
        "edited_at": note.edited_at,
    }


def _told(note: Note, response: HttpResponse) -> dict[str, Any]:
    response["ETag"] = etag(note.version)
    return _note(note)


@router.get(
    "/{uuid:public_id}/notes",
    auth=NOTES_READ,
    response=list[NoteOut],
    operation_id="notes_list",
    summary=noop("List the notes about a customer, pinned ones first"),
)
def note_list(request: HttpRequest, public_id: UUID) -> Any:
    return [_note(one) for one in notes_of(customer_or_404(public_id))]


@router.post(
    "/{uuid:public_id}/notes",
    auth=NOTES_WRITE,
    response={201: NoteOut},
    operation_id="notes_create",
    summary=noop("Write a note about a customer"),
)
def note_new(request: HttpRequest, public_id: UUID, sent: NoteIn, response: HttpResponse) -> Any:
    customer = customer_or_404(public_id)
    note = note_add(customer=customer, body=sent.body, is_pinned=sent.is_pinned, request=request)
    return _told(note, response)


@router.patch(
    "/{uuid:public_id}/notes/{uuid:note_id}",
    auth=NOTES_WRITE,
    response=NoteOut,
    operation_id="notes_change",
    openapi_extra=IF_MATCH,
    summary=noop("Change a note; what it said before is kept"),
)
def note_change(
    request: HttpRequest, public_id: UUID, note_id: UUID, sent: NotePatch, response: HttpResponse
) -> Any:
    note = note_of(customer_or_404(public_id), note_id)
    version = version_in(request, note.version)
    changed = note_edit(note=note, body=sent.body, version=version, request=request)
    return _told(changed, response)


@router.delete(
    "/{uuid:public_id}/notes/{uuid:note_id}",
    auth=NOTES_WRITE,
    response={204: None},
    operation_id="notes_delete",
    summary=noop("Delete a note; what it said is kept for the audit"),
)
def note_remove(request: HttpRequest, public_id: UUID, note_id: UUID) -> None:
    note_delete(note=note_of(customer_or_404(public_id), note_id), request=request)


@consents.get(
    "/{uuid:public_id}/consents",
    auth=CONSENTS_READ,
    response=ConsentsOut,
    operation_id="consents_list",
    summary=noop("Read what a customer agreed to"),
)
def consent_list(request: HttpRequest, public_id: UUID) -> Any:
    return _consents(customer_or_404(public_id))


@consents.post(
    "/{uuid:public_id}/consents",
    auth=CONSENTS_WRITE,
    response={201: ConsentsOut},
    operation_id="consents_record",
    summary=noop("Record what a customer agreed to, or withdrew"),
    description=noop(
        "Statements are never changed: the one that was said last holds, whatever the order in "
        "which they come. A grant needs its evidence."
    ),
)
def consent_new(request: HttpRequest, public_id: UUID, sent: ConsentIn) -> Any:
    customer = customer_or_404(public_id)
    consent_record_by_program(
        customer=customer,
        channel=sent.channel,
        purpose=sent.purpose,
        value=sent.value,
        occurred_at=sent.occurred_at,
        proof=Proof(
            evidence=sent.evidence,
            wording=sent.wording,
            policy_version=sent.policy_version,
            opt_in_level=sent.opt_in_level,
            ip=str(sent.ip) if sent.ip else None,
        ),
        request=request,
    )
    return _consents(customer)


def _consents(customer: Customer) -> dict[str, Any]:
    return {
        "states": states_of(customer),
        "statements": [one.event for one in statements_of(customer)],
    }


@activity.get(
    "/kinds",
    auth=ACTIVITY,
    response=list[ActivityKindOut],
    operation_id="activity_kinds_list",
    summary=noop("List the own kinds of activity"),
)
def kind_list(request: HttpRequest) -> Any:
    return own_kinds()


@activity.put(
    "/kinds/{slug:key}",
    auth=ACTIVITY,
    response={200: ActivityKindOut, 201: ActivityKindOut},
    operation_id="activity_kinds_save",
    summary=noop("Make an own kind of activity, or change how it is called"),
)
def kind_save(request: HttpRequest, key: str, sent: ActivityKindIn) -> Any:
    kind, is_new = own_activity_kind_save(
        key=key,
        label=sent.label,
        label_en=sent.label_en,
        is_interaction=sent.is_interaction,
        request=request,
    )
    return Status(201 if is_new else 200, kind)


@activity.post(
    "",
    auth=ACTIVITY,
    response=ActivityTaken,
    operation_id="activity_record",
    summary=noop("Record what people did, up to 1,000 events at once"),
    description=noop(
        "All of them or none. They stand on the timeline, and targets can count them. Only kinds "
        "that were made before, here or in the back office, and are on: another one is refused."
    ),
)
def activity_new(request: ApiRequest, sent: ActivityBatch) -> Any:
    recorded = own_activity_record(
        program_id=request.program.pk,
        program=request.program.name,
        events=events_of(sent.events),
        ip=client_ip(request),
    )
    received = len(sent.events)
    return {"received": received, "recorded": recorded, "repeated": received - recorded}
