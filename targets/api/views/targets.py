"""Targets and who is in them."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router

from config.kit.api.door import ApiRequest, BearerToken
from config.kit.api.problems import Problems, Wrong
from config.kit.pages.keyset import Cursor, cursor_read, cursor_write
from targets.api.schemas import MembersOut, MembersQuery, TargetOut
from targets.models import Target
from targets.selectors.slices import members_slice, target_by_slug, targets_all

router = Router(tags=["Targets"])
READ = BearerToken("targets:read")


def _target(slug: str) -> Target:
    target = target_by_slug(slug)
    if target is None:
        raise Http404
    return target


@router.get(
    "",
    auth=READ,
    response=list[TargetOut],
    operation_id="targets_list",
    summary=noop("List targets"),
)
def target_list(request: HttpRequest) -> Any:
    return targets_all()


@router.get(
    "/{slug:slug}",
    auth=READ,
    response=TargetOut,
    operation_id="targets_get",
    summary=noop("Get a target with its rule"),
)
def target_get(request: HttpRequest, slug: str) -> Any:
    return _target(slug)


@router.get(
    "/{slug:slug}/members",
    auth=READ,
    response=MembersOut,
    operation_id="targets_members",
    summary=noop("List the members of a target, now or at a past instant"),
)
def target_members(request: ApiRequest, slug: str, asked: Query[MembersQuery]) -> Any:
    target = _target(slug)
    scope = f"api:members:{target.pk}"
    rows, has_more = members_slice(
        target, at=asked.as_of, after=_after(asked.after, scope), size=asked.limit
    )
    may_read = "customers:read" in request.program.scopes
    last = rows[-1].pk if rows and has_more else None
    return {
        "items": [{"id": one.public_id, "email": one.email if may_read else ""} for one in rows],
        "next": cursor_write(Cursor(None, last), scope=scope) if last else None,
    }


def _after(token: str, scope: str) -> int:
    if not token:
        return 0
    cursor = cursor_read(token, scope=scope)
    if cursor is None:
        detail = _("This cursor belongs to another list or order.")
        raise Problems([Wrong(pointer="?after", code="cursor_unknown", detail=detail)])
    return int(cursor.pk)
