"""The wizard: file, columns, review, apply; and the history."""

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, formats, toast
from customers.access import import_of
from customers.backoffice.imports.forms import FORMAT, ColumnsForm, UploadForm
from customers.backoffice.imports.index import TONES, ImportIndex, state_label
from customers.backoffice.imports.review import column_labels, facts_of, review_context
from customers.importing.batches import (
    batch_apply,
    batch_configure,
    batch_create,
    batch_reformat,
    batch_resume,
    batch_stage,
    batch_undo,
    can_undo,
    state_of,
)
from customers.importing.destinations import custom_fields_of
from customers.importing.held import held_csv
from customers.importing.mappings import mapping_propose, mapping_save, mapping_use
from customers.importing.reports import refused_csv
from customers.importing.staging import rows_are_lost
from customers.models import ImportBatch
from customers.selectors.portraits import tags_by_name

PERMISSION = "customers.import_customers"
State = ImportBatch.State
STEPS = ("file", "columns", "review", "apply")
STEP_OF = {
    State.UPLOADED: 2,
    State.STAGING: 3,
    State.REVIEW: 3,
    State.APPLIED: 5,
    State.UNDOING: 5,
    State.UNDONE: 5,
}


def _url(batch: ImportBatch, name: str = "detail") -> str:
    return reverse(f"imports:{name}", args=[batch.public_id])


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: StaffRequest) -> HttpResponse:
    return ImportIndex(request).response()


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = batch_create(name=file.name, blocks=file.chunks(), by=request.user)
        except DomainError as refusal:
            form.add_error("file", refusal.message)
        else:
            mapping_propose(batch=batch)
            return redirect(_url(batch, "columns"))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "imports/upload.html", {"form": form, "step": 1}, status=status)


@backoffice(PERMISSION)
@require_safe
def import_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The page of where the import is: its review, its progress, or what came of it."""
    batch = import_of(public_id)
    batch.state = state_of(batch)
    if batch.state in (State.UPLOADED, State.REVIEW) and _is_fragment(request):
        return _leave_for(_url(batch))
    if batch.state == State.UPLOADED:
        return redirect(_url(batch, "columns"))
    if batch.state == State.REVIEW:
        if rows_are_lost(batch):
            batch_stage(batch=batch, by=request.user)
            return redirect(_url(batch))
        context = {**review_context(batch, request.GET), "step": 3}
        return render(request, "imports/review.html", context)
    page = "imports/progress_body.html" if _is_fragment(request) else "imports/progress.html"
    return render(request, page, _progress_context(batch))


def _is_fragment(request: StaffRequest) -> bool:
    """The page that waits asks for its inner part alone."""
    return request.headers.get("HX-Target") == "import-progress"


def _leave_for(url: str) -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer


def _progress_context(batch: ImportBatch) -> dict[str, object]:
    return {
        "batch": batch,
        "job": batch.job,
        "step": STEP_OF.get(State(batch.state), 4),
        "state_label": state_label(batch),
        "tone": TONES[batch.state],
        "is_running": bool(batch.job and batch.job.is_active),
        "can_undo": can_undo(batch),
        "facts": facts_of(batch),
        "columns": column_labels(batch, custom_fields_of()),
        "figures": _figures(batch),
        "customers_url": _customers_url(batch),
    }


def _customers_url(batch: ImportBatch) -> str:
    """The list of those the file brought: by the tag they all got, or by how they came."""
    name = batch.options.get("tag") or ""
    tag = tags_by_name([name]).get(name.casefold())
    if tag:
        return f"{reverse('customers:list')}?{urlencode({'f': 1, 'tag': tag.pk})}"
    if batch.counts.get("create"):
        return f"{reverse('customers:list')}?{urlencode({'f': 1, 'source': 'import'})}"
    return reverse("customers:list")


def _figures(batch: ImportBatch) -> list[tuple[str, str]]:
    counts = batch.counts
    held = counts.get("reject", 0) + counts.get("conflict", 0)
    figures = [
        (pgettext("rows of an import", "Created"), counts.get("create")),
        (_("Updated"), counts.get("update")),
        (_("Unchanged"), counts.get("unchanged")),
        (_("Did not enter"), held),
    ]
    if batch.state == State.UNDONE:
        figures += [
            (pgettext("rows of an import", "Undone"), counts.get("undone")),
            (pgettext("rows of an import", "Stayed"), counts.get("held")),
        ]
    return [(label, formats.number(value)) for label, value in figures]


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: StaffRequest, public_id: UUID) -> HttpResponse:
    batch = import_of(public_id)
    if state_of(batch) not in (State.UPLOADED, State.REVIEW):
        return redirect(_url(batch))
    if "reread" in request.POST:
        return _read_again(request, batch)
    if "use_mapping" in request.POST:
        return _use_mapping(request, batch)
    form = ColumnsForm(request.POST or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            _check_rows(request, batch, form)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            return redirect(_url(batch))
    return _columns_page(request, batch, form)


@transaction.atomic
def _check_rows(request: StaffRequest, batch: ImportBatch, form: ColumnsForm) -> None:
    """
    :raises DomainError: what cannot be, at its field; then nothing is kept.
    """
    batch = batch_configure(
        batch=batch,
        columns=form.columns(),
        options=form.options(),
        format_changes=form.format_changes(),
    )
    if name := form.cleaned_data["save_as"]:
        mapping_save(batch=batch, name=name, by=request.user, request=request)
    batch_stage(batch=batch, by=request.user)


def _use_mapping(request: StaffRequest, batch: ImportBatch) -> HttpResponse:
    """The columns as a mapping says, or as they are recognised without one."""
    form = ColumnsForm(request.POST, batch=batch)
    form.is_valid()
    mapping = form.cleaned_data.get("mapping")
    try:
        batch = batch_reformat(batch=batch, changes={})
        missing = mapping_use(batch=batch, mapping=mapping) if mapping else []
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(_url(batch, "columns"))
    if missing:
        text = _("The file lacks columns of this mapping: %(names)s.")
        toast(request, text % {"names": ", ".join(missing)}, level="info")
    return redirect(_url(batch, "columns"))


def _read_again(request: StaffRequest, batch: ImportBatch) -> HttpResponse:
    """With another encoding, separator or header the columns are other ones."""
    form = ColumnsForm(request.POST, batch=batch)
    form.is_valid()
    changes = {name: form.cleaned_data[name] for name in FORMAT if name in form.cleaned_data}
    try:
        batch_reformat(batch=batch, changes=changes)
        mapping_propose(batch=import_of(batch.public_id))
    except DomainError as refusal:
        form = ColumnsForm(request.POST, batch=batch)
        form.full_clean()
        refusal.add_to(form)
        return _columns_page(request, batch, form)
    return redirect(_url(batch, "columns"))


def _columns_page(request: StaffRequest, batch: ImportBatch, form: ColumnsForm) -> HttpResponse:
    context = {
        "batch": batch,
        "form": form,
        "step": 2,
        "unrecognised": sum(not one["is_recognised"] for one in batch.columns),
        "layout": batch.format.get("layout", ""),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "imports/columns.html", context, status=status)


@backoffice(PERMISSION)
@require_GET
def import_rejected(request: StaffRequest, public_id: UUID) -> StreamingHttpResponse | HttpResponse:
    """The rows that do not enter, as a file; their cells are safe to open in a spreadsheet."""
    batch = import_of(public_id)
    titles = (_("Line"), _("Column"), _("Reason"))
    try:
        lines = refused_csv(batch, titles)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(_url(batch))
    return _file(lines, f"rejected-{batch.public_id}.csv")


@backoffice(PERMISSION)
@require_GET
def import_held(request: StaffRequest, public_id: UUID) -> StreamingHttpResponse:
    """The records that the undo left as they were, and why."""
    batch = import_of(public_id)
    return _file(held_csv(batch), f"stayed-{batch.public_id}.csv")


def _file(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@backoffice(PERMISSION)
@require_POST
def import_apply(request: StaffRequest, public_id: UUID) -> HttpResponse:
    batch = import_of(public_id)
    try:
        batch_apply(batch=batch, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect(_url(batch))


@backoffice(PERMISSION)
@require_POST
def import_resume(request: StaffRequest, public_id: UUID) -> HttpResponse:
    batch = import_of(public_id)
    try:
        batch_resume(batch=batch)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect(_url(batch))


def _undo_text(batch: ImportBatch) -> str:
    created, updated = batch.counts.get("create", 0), batch.counts.get("update", 0)
    sentences = []
    if created:
        sentences.append(
            ngettext(
                "%(n)s customer that it created goes to the trash.",
                "%(n)s customers that it created go to the trash.",
                created,
            )
            % {"n": formats.number(created)}
        )
    if updated:
        sentences.append(
            ngettext(
                "%(n)s customer gets back what they had.",
                "%(n)s customers get back what they had.",
                updated,
            )
            % {"n": formats.number(updated)}
        )
    sentences.append(_("Records that somebody changed since then stay as they are."))
    return " ".join(sentences)


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: StaffRequest, public_id: UUID) -> HttpResponse:
    batch = import_of(public_id)
    if confirmed(request):
        try:
            batch_undo(batch=batch, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect(_url(batch))
    return confirm_response(
        request,
        title=_("Undo this import?"),
        text=_undo_text(batch),
        submit=_("Undo the import"),
        back=_url(batch),
    )
