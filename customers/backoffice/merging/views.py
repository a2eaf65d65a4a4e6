"""Judging pairs, merging two records, undoing it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import Link, confirm_response, toast
from customers.access import customer_of, merge_of, pair_between, pair_of
from customers.backoffice.merging.indexes import DuplicateIndex, MergeIndex, merge_status
from customers.merging.duplicates import REASONS, duplicate_dismiss, duplicate_reopen
from customers.merging.jobs import duplicates_find
from customers.merging.preview import merge_preview, moves_of, undo_preview
from customers.merging.services import customers_merge, merge_undo
from customers.models import Customer, Merge
from customers.selectors.merges import merge_candidates, merge_fields

PERMISSION = "customers.merge_customers"
PAGE = "customers/merging/merge.html"


@backoffice("customers.view_duplicatepair")
@require_http_methods(["GET", "POST"])
def duplicate_list(request: StaffRequest) -> HttpResponse:
    return DuplicateIndex(request).response()


@backoffice(PERMISSION)
@require_POST
def duplicates_search(request: StaffRequest) -> HttpResponse:
    duplicates_find(by=request.user, request=request)
    toast(request, _("Everybody is being compared. New pairs come up here."), level="info")
    return redirect("customers:duplicates")


@backoffice(PERMISSION)
@require_POST
def duplicate_judge(request: StaffRequest, pk: int, verdict: str) -> HttpResponse:
    pair = pair_of(pk)
    if verdict == "two":
        duplicate_dismiss(pair=pair, by=request.user, request=request)
        toast(
            request,
            _("They are remembered as two people."),
            undo_url=reverse("customers:duplicate_judge", args=[pair.pk, "again"]),
        )
    else:
        duplicate_reopen(pair=pair, by=request.user, request=request)
        toast(request, _("The pair is back in the list."))
    return redirect("customers:duplicates")


@backoffice(PERMISSION)
@require_GET
def merge_pick(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Choose the other record."""
    customer = customer_of(public_id)
    text = request.GET.get("q", "").strip()
    error, found = "", []
    try:
        found = merge_candidates(customer, text)
    except DomainError as refusal:
        error = refusal.message
    context = {
        "customer": customer,
        "text": text,
        "found": found,
        "error": error,
        "back": Link(str(customer), reverse("customers:record", args=[customer.public_id])),
    }
    return render(request, "customers/merging/pick.html", context, status=422 if error else 200)


@backoffice(PERMISSION)
@require_http_methods(["GET", "POST"])
def merge_two(request: StaffRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Everything that would happen, then the merge."""
    survivor, loser = customer_of(public_id), customer_of(other_id)
    chosen = _chosen(request)
    if request.method == "POST" and "merge" in request.POST:
        try:
            return _merged(request, survivor, loser, chosen)
        except DomainError as refusal:
            return _page(request, survivor, loser, chosen, refusal)
    return _page(request, survivor, loser, chosen)


def _merged(
    request: StaffRequest, survivor: Customer, loser: Customer, chosen: list[str] | None
) -> HttpResponse:
    versions = (whole(request.POST.get("one", "")), whole(request.POST.get("other", "")))
    merge = customers_merge(
        survivor=survivor,
        loser=loser,
        chosen=chosen,
        versions=versions,
        by=request.user,
        request=request,
    )
    toast(
        request,
        _("Two records are one now. It can be undone at any time."),
        undo_url=reverse("customers:merge_undo", args=[merge.public_id]),
    )
    return redirect("customers:record", survivor.public_id)


def _page(
    request: StaffRequest,
    survivor: Customer,
    loser: Customer,
    chosen: list[str] | None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    preview = merge_preview(survivor, loser, chosen)
    pair = pair_between(survivor, loser)
    problems = preview.blockers or ([refusal.message] if refusal else [])
    context = {
        "preview": preview,
        "problems": problems,
        "pair": pair,
        "reasons": [one.label for key, one in REASONS.items() if pair and key in pair.reasons],
        "swap_url": reverse("customers:merge", args=[loser.public_id, survivor.public_id]),
        "back": Link(_("Possible duplicates"), reverse("customers:duplicates")),
    }
    status = 409 if refusal else 200
    return render(request, PAGE, context, status=status)


def _chosen(request: StaffRequest) -> list[str] | None:
    """The fields for which the form takes the other record's value; None before it was sent."""
    if request.method != "POST":
        return None
    return [
        name.removeprefix("take.")
        for name, value in request.POST.items()
        if name.startswith("take.") and value == "loser"
    ]


@backoffice("customers.view_merge")
@require_http_methods(["GET", "POST"])
def merge_list(request: StaffRequest) -> HttpResponse:
    return MergeIndex(request).response()


@backoffice("customers.view_merge")
@require_GET
def merge_page(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """What a merge did, field by field, and its undo."""
    merge = merge_of(merge_id)
    context = {
        "merge": merge,
        "status": merge_status(merge),
        "moves": moves_of(merge),
        "fields": merge_fields(merge),
        "can_undo": merge.state == Merge.State.DONE and request.user.has_perm(PERMISSION),
        "back": Link(_("Merges"), reverse("customers:merges")),
    }
    return render(request, "customers/merging/page.html", context)


@backoffice(PERMISSION)
@require_http_methods(["GET", "POST"])
def merge_take_back(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """Say what the undo leaves as it is, then undo."""
    merge = merge_of(merge_id)
    url = reverse("customers:merge_page", args=[merge.public_id])
    if request.method == "POST":
        return _taken_back(request, merge, url)
    preview = undo_preview(merge)
    if preview.blockers:
        toast(request, " ".join(preview.blockers), level="error")
        return redirect(url)
    text = _("%(name)s becomes a record of its own again, with what it brought along.")
    kept = " ".join(preview.kept)
    return confirm_response(
        request,
        title=_("Undo this merge"),
        text=f"{text % {'name': merge.loser}} {kept}".strip(),
        submit=_("Undo the merge"),
        back=url,
        danger=False,
    )


def _taken_back(request: StaffRequest, merge: Merge, url: str) -> HttpResponse:
    try:
        merge_undo(merge=merge, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(url)
    toast(request, _("The two records stand by themselves again."))
    return redirect(url)
