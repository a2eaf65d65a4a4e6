"""Imports, step by step as on the screen: file, plan, review, apply, undo."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import File, Query, Router
from ninja.files import UploadedFile

from config.kit.api.door import BearerToken
from customers.access import import_of
from customers.api.imports import columns_of, format_of, options_of, told, told_row
from customers.api.schemas_imports import ImportOut, PlanIn, RowsOut, RowsQuery
from customers.importing.batches import (
    batch_apply,
    batch_configure,
    batch_create,
    batch_reformat,
    batch_stage,
    batch_undo,
)
from customers.importing.reports import plan_page, refused_csv

router = Router(tags=["Imports"])
WRITE = BearerToken("imports:write")


@router.post(
    "",
    auth=WRITE,
    response={201: ImportOut},
    operation_id="imports_upload",
    summary=noop("Upload a file of customers"),
    description=noop(
        "CSV or XLSX. The answer says how it was read and what its columns are taken for; nothing "
        "is imported yet."
    ),
)
def import_upload(request: HttpRequest, file: File[UploadedFile], response: HttpResponse) -> Any:
    batch = batch_create(name=file.name or "import.csv", blocks=file.chunks())
    response["Location"] = f"{request.path.rstrip('/')}/{batch.public_id}"
    return told(batch)


@router.get(
    "/{uuid:import_id}",
    auth=WRITE,
    response=ImportOut,
    operation_id="imports_get",
    summary=noop("See how far an import is"),
)
def import_get(request: HttpRequest, import_id: UUID) -> Any:
    return told(import_of(import_id))


@router.put(
    "/{uuid:import_id}/plan",
    auth=WRITE,
    response={202: ImportOut},
    operation_id="imports_plan",
    summary=noop("Say what becomes of the columns, and check every row"),
    description=noop(
        "A job makes the plan: who is created, updated, left as they are, held back or refused. "
        "Nobody is changed before it is applied."
    ),
)
def import_plan(request: HttpRequest, import_id: UUID, sent: PlanIn) -> Any:
    batch = import_of(import_id)
    changes = format_of(sent)
    if changes:
        batch = batch_reformat(batch=batch, changes=changes)
    batch = batch_configure(batch=batch, columns=columns_of(batch, sent), options=options_of(sent))
    batch_stage(batch=batch)
    return told(import_of(import_id))


@router.get(
    "/{uuid:import_id}/rows",
    auth=WRITE,
    response=RowsOut,
    operation_id="imports_rows",
    summary=noop("Review the plan, row by row"),
)
def import_rows(request: HttpRequest, import_id: UUID, asked: Query[RowsQuery]) -> Any:
    rows, _has_before, has_more = plan_page(
        import_of(import_id), result=asked.result or "", after=asked.after, size=asked.limit
    )
    return {
        "items": [told_row(one) for one in rows],
        "next": rows[-1].line if rows and has_more else None,
    }


@router.get(
    "/{uuid:import_id}/rejected.csv",
    auth=WRITE,
    operation_id="imports_rejected",
    summary=noop("Download the rows that do not enter, with their reasons"),
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def import_rejected(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    batch = import_of(import_id)
    titles = (_("Line"), _("Column"), _("Reason"))
    answer = StreamingHttpResponse(
        refused_csv(batch, titles), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="rejected-{batch.public_id}.csv"'
    return answer


@router.post(
    "/{uuid:import_id}/apply",
    auth=WRITE,
    response={202: ImportOut},
    operation_id="imports_apply",
    summary=noop("Apply exactly the plan that was reviewed"),
)
def import_apply(request: HttpRequest, import_id: UUID) -> Any:
    batch_apply(batch=import_of(import_id), request=request)
    return told(import_of(import_id))


@router.post(
    "/{uuid:import_id}/undo",
    auth=WRITE,
    response={202: ImportOut},
    operation_id="imports_undo",
    summary=noop("Take a whole import back, within 30 days"),
    description=noop("Records that somebody changed since then stay as they are."),
)
def import_undo(request: HttpRequest, import_id: UUID) -> Any:
    batch_undo(batch=import_of(import_id), request=request)
    return told(import_of(import_id))
