"""Views of a list that people name and keep, and how each person likes a list."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.models import ListPreference, SavedView

MOST = 50
ADMINISTER = "kit.change_savedview"


def preference_of(user: Any, list_key: str) -> ListPreference:
    """How this person likes the list; an unsaved one when they never said."""
    user_id = getattr(user, "pk", None)
    if user_id is None:
        return ListPreference(list_key=list_key)
    found = ListPreference.objects.filter(user_id=user_id, list_key=list_key).first()
    return found or ListPreference(user_id=user_id, list_key=list_key)


def visible_views(user: Any, list_key: str) -> "QuerySet[SavedView]":
    """One's own and the shared ones."""
    user_id = getattr(user, "pk", None)
    if user_id is None:
        return SavedView.objects.none()
    mine = Q(is_shared=True) | Q(owner_id=user_id)
    return SavedView.objects.filter(mine, list_key=list_key, deleted_at=None).order_by("id")


def visible_view(user: Any, list_key: str, public_id: UUID, *, gone: bool = False) -> SavedView:
    """:raises Http404: it is not there, or it is somebody else's own."""
    mine = Q(is_shared=True) | Q(owner_id=user.pk)
    view = (
        SavedView.objects.filter(
            mine, list_key=list_key, public_id=public_id, deleted_at__isnull=not gone
        )
        .select_related("owner")
        .first()
    )
    if view is None:
        raise Http404
    return view


def may_change(user: Any, view: SavedView) -> bool:
    """The owner may; of a shared view an administrator may too."""
    return bool(view.owner_id == user.pk or (view.is_shared and user.has_perm(ADMINISTER)))


def _check_may_change(user: Any, view: SavedView) -> None:
    if not may_change(user, view):
        raise DomainError(
            "not_your_view",
            _("This view belongs to %(who)s. Save yours under another name.") % {"who": view.owner},
        )


@transaction.atomic
def view_create(
    *,
    list_key: str,
    name: str,
    params: dict[str, list[str]],
    sort: str,
    columns: list[str],
    is_shared: bool,
    by: AbstractBaseUser,
    request: HttpRequest | None = None,
) -> SavedView:
    """Keep the state of a list under a name.

    :raises DomainError: ``view_name_taken``, ``too_many_views``.
    """
    if SavedView.objects.filter(list_key=list_key, owner_id=by.pk, deleted_at=None).count() >= MOST:
        raise DomainError(
            "too_many_views", _("You have as many views of this list as one can have. Delete one.")
        )
    view = SavedView(
        list_key=list_key,
        owner_id=by.pk,
        name=name.strip(),
        params=params,
        sort=sort,
        columns=columns,
        is_shared=is_shared,
    )
    _save(view)
    _note("kit.view_created", view, by, request)
    return view


@transaction.atomic
def view_replace(
    *,
    view: SavedView,
    version: int,
    params: dict[str, list[str]],
    sort: str,
    columns: list[str],
    by: AbstractBaseUser,
    request: HttpRequest | None = None,
) -> SavedView:
    """Put another state of the list under the same name.

    :raises DomainError: ``not_your_view``, ``version_conflict``.
    """
    held = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    _check_may_change(by, held)
    if held.version != version:
        raise DomainError(
            "version_conflict",
            _("Somebody changed this view meanwhile. Look at it again, or save yours as another."),
        )
    held.params, held.sort, held.columns = params, sort, columns
    held.version += 1
    _save(held)
    _note("kit.view_changed", held, by, request)
    return held


@transaction.atomic
def view_rename(
    *,
    view: SavedView,
    name: str,
    is_shared: bool,
    by: AbstractBaseUser,
    request: HttpRequest | None = None,
) -> None:
    """:raises DomainError: ``not_your_view``, ``view_name_taken``."""
    held = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    _check_may_change(by, held)
    held.name, held.is_shared = name.strip(), is_shared
    _save(held)
    _note("kit.view_renamed", held, by, request)


@transaction.atomic
def view_duplicate(
    *, view: SavedView, by: AbstractBaseUser, request: HttpRequest | None = None
) -> SavedView:
    """A private copy under the next free name."""
    taken = set(
        SavedView.objects.filter(
            list_key=view.list_key, owner_id=by.pk, deleted_at=None
        ).values_list("name", flat=True)
    )
    names = (_copy_name(view.name, number) for number in range(1, MOST + 2))
    return view_create(
        list_key=view.list_key,
        name=next(name for name in names if name not in taken),
        params=view.params,
        sort=view.sort,
        columns=view.columns,
        is_shared=False,
        by=by,
        request=request,
    )


def _copy_name(name: str, number: int) -> str:
    if number == 1:
        return _("Copy of %(name)s")[:60] % {"name": name[:40]}
    return _("Copy %(number)s of %(name)s")[:60] % {"number": number, "name": name[:40]}


@transaction.atomic
def view_delete(
    *, view: SavedView, by: AbstractBaseUser, request: HttpRequest | None = None
) -> None:
    """Take it from the tabs; ``view_restore`` brings it back.

    :raises DomainError: ``not_your_view``.
    """
    held = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    _check_may_change(by, held)
    SavedView.objects.filter(pk=held.pk, deleted_at=None).update(deleted_at=clock.now())
    _note("kit.view_deleted", held, by, request)


@transaction.atomic
def view_restore(
    *, view: SavedView, by: AbstractBaseUser, request: HttpRequest | None = None
) -> None:
    """:raises DomainError: ``not_your_view``, ``view_name_taken``."""
    held = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    _check_may_change(by, held)
    held.deleted_at = None
    _save(held)
    _note("kit.view_restored", held, by, request)


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as cause:
        if "kit_savedview_name_is_the_owners_only_one" not in str(cause):
            raise
        raise DomainError(
            "view_name_taken", _("There is a view of this name already."), field="name"
        ) from cause


def _note(action: str, view: SavedView, by: AbstractBaseUser, request: HttpRequest | None) -> None:
    """Names and filters can hold what people typed about people: they are personal values."""
    audit.record(
        action,
        actor=by,
        subject=view,
        after={"name": view.name, "params": view.params},
        data={"list": view.list_key, "shared": view.is_shared},
        request=request,
    )


# How one person likes a list


@transaction.atomic
def preference_change(*, user: AbstractBaseUser, list_key: str, **values: Any) -> ListPreference:
    """Remember ``columns``, ``default_view`` or ``view_order`` for this person."""
    preference, _is_new = ListPreference.objects.update_or_create(
        user_id=user.pk, list_key=list_key, defaults=values
    )
    return preference
