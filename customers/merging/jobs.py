"""Long work of merging: finding all duplicates, and merging many pairs."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.merging.duplicates import duplicates_refresh
from customers.merging.preview import default_order
from customers.merging.services import customers_merge
from customers.models import DuplicatePair, User

FIND, MERGE = "customers.find_duplicates", "customers.merge_pairs"
PERMISSION = "customers.merge_customers"


@job_kind(FIND, title=_("Look for duplicates"), icon="user-search", permission=PERMISSION)
def find(run: JobRun) -> dict[str, Any]:
    return {"pairs": duplicates_refresh()}


@job_kind(MERGE, title=_("Merging customers"), icon="git-merge", permission=PERMISSION)
def merge(run: JobRun) -> dict[str, Any]:
    """Pair by pair, each a transaction of its own; who cannot be merged is in the errors."""
    ids: list[int] = run.params["pairs"]
    by = User.objects.filter(pk=run.params["by"]).first()
    if "next" not in run.state:
        run.save_state(next=0, merged=0)
    while run.state["next"] < len(ids):
        with transaction.atomic():
            done = _merge_one(run, ids[run.state["next"]], by)
            run.save_state(next=run.state["next"] + 1, merged=run.state["merged"] + done)
        run.progress(run.state["next"], len(ids))
    return {"merged": run.state["merged"], "refused": len(ids) - run.state["merged"]}


def _merge_one(run: JobRun, pk: int, by: User | None) -> int:
    pair = DuplicatePair.objects.select_related("first", "second").filter(pk=pk).first()
    if pair is None:
        return 0
    survivor, loser = default_order(pair.first, pair.second)
    try:
        with transaction.atomic():
            customers_merge(survivor=survivor, loser=loser, by=by)
    except DomainError as refusal:
        run.error(refusal.message, column=f"{pair.first} · {pair.second}")
        return 0
    return 1


@transaction.atomic
def pairs_merge(*, ids: list[int], by: User, title: str, request: HttpRequest | None = None) -> Job:
    """Start a job that merges these pairs as the preview would by itself."""
    job = job_start(kind=MERGE, params={"pairs": ids, "by": by.pk}, by=by, title=title)
    audit.record(
        "customers.bulk.merge",
        actor=by,
        data={"job": str(job.public_id), "count": len(ids)},
        request=request,
    )
    return job


@transaction.atomic
def duplicates_find(*, by: User, request: HttpRequest | None = None) -> Job:
    """Start a job that looks through everybody."""
    job = job_start(kind=FIND, params={}, by=by)
    audit.record(
        "customers.duplicates.searched", actor=by, data={"job": str(job.public_id)}, request=request
    )
    return job
