"""Writing lists of people: their names, and who stands on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.services import job_start
from config.kit.models import Job
from targets.models import StaticEntry, StaticList
from targets.selectors.lists import targets_asking
from targets.services.graph import lock_graph

LONGEST_NAME = 120
LONGEST_SLUG = 80
FILL_JOB = "targets.list_fill"
ADD = """
INSERT INTO targets_staticentry (list_id, customer_id, added_at, added_by_id)
SELECT %(list)s, id, clock_timestamp(), %(by)s FROM customers_customer
WHERE id = ANY(%(ids)s) AND trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
ORDER BY id ON CONFLICT (list_id, customer_id) DO NOTHING
"""


@transaction.atomic
def list_create(
    *, name: str, description: str = "", by: AbstractBaseUser | None = None
) -> StaticList:
    """A new list without people.

    :raises DomainError: ``name_missing``.
    """
    lock_graph()
    clean = _name(name)
    made = StaticList.objects.create(
        name=clean,
        slug=_free_slug(clean),
        description=description.strip(),
        created_by_id=by.pk if by else None,
    )
    audit.record("targets.list.created", actor=by, subject=made, data={"name": clean})
    return made


def list_values(people: StaticList) -> dict[str, str]:
    """What its form shows."""
    return {"name": people.name, "description": people.description}


@transaction.atomic
def list_update(
    *,
    people: StaticList,
    name: str,
    description: str = "",
    seen: Mapping[str, str] | None = None,
    by: AbstractBaseUser | None = None,
) -> StaticList:
    """Another name or description; rules name it by its slug, which stays.

    :raises DomainError: ``name_missing``; ``version_conflict`` when it does not look as ``seen``
        any more.
    """
    held = StaticList.objects.select_for_update().get(pk=people.pk)
    before = list_values(held)
    if seen is not None and before != seen:
        raise DomainError("version_conflict", _("Somebody else changed this list meanwhile."))
    held.name, held.description = _name(name), description.strip()
    held.save(update_fields=["name", "description", "updated_at"])
    audit.record(
        "targets.list.updated",
        actor=by,
        subject=held,
        data={"before": before, "after": list_values(held)},
    )
    return held


def list_check_unused(*, people: StaticList) -> None:
    """:raises DomainError: ``list_in_use``, naming the targets."""
    users = targets_asking(people)
    if users:
        raise DomainError(
            "list_in_use",
            _("It is used by %(uses)s. Take it out there first.")
            % {"uses": ", ".join(one.name for one in users)},
        )


@transaction.atomic
def list_delete(*, people: StaticList, by: AbstractBaseUser | None = None) -> None:
    """Delete a list that no rule names; its people stay as they are.

    :raises DomainError: ``list_in_use``, naming the targets.
    """
    lock_graph()
    held = StaticList.objects.select_for_update().get(pk=people.pk, target=None)
    list_check_unused(people=held)
    audit.record(
        "targets.list.deleted", actor=by, subject=held, data={"slug": held.slug, "name": held.name}
    )
    held.delete()


@transaction.atomic
def list_add(*, people: StaticList, ids: Sequence[int], by: AbstractBaseUser | None = None) -> int:
    """Put live people on a list; returns how many were not on it before."""
    added = entries_add(people, ids, by)
    if added:
        audit.record("targets.list.added", actor=by, subject=people, data={"count": added})
    return added


def entries_add(people: StaticList, ids: Sequence[int], by: AbstractBaseUser | None) -> int:
    """The same, of a plan that is in the trail already."""
    with connection.cursor() as cursor:
        cursor.execute(
            ADD, {"list": people.pk, "ids": list(ids), "by": by.pk if by is not None else None}
        )
        return int(cursor.rowcount)


@transaction.atomic
def list_remove(
    *, people: StaticList, ids: Sequence[int], by: AbstractBaseUser | None = None
) -> int:
    """Take people off a list; returns how many stood on it."""
    gone, _by_model = StaticEntry.objects.filter(list=people, customer_id__in=list(ids)).delete()
    if gone:
        audit.record("targets.list.removed", actor=by, subject=people, data={"count": gone})
    return gone


@transaction.atomic
def list_fill(
    *,
    people: StaticList,
    selection: dict[str, Any],
    count: int,
    title: str,
    by: AbstractBaseUser,
) -> Job:
    """Start the job that puts a selection of the customers list on it."""
    params = {"list": people.pk, "selection": selection, "by": by.pk}
    job = job_start(kind=FILL_JOB, params=params, by=by, title=title)
    audit.record(
        "targets.list.filled",
        actor=by,
        subject=people,
        data={"job": str(job.public_id), "count": count, "selection": selection},
    )
    return job


def _name(name: str) -> str:
    cleaned = " ".join(name.replace("\0", "").split())
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise DomainError(
            "name_missing",
            _("Give the list a name of at most %(most)d characters.") % {"most": LONGEST_NAME},
            field="name",
        )
    return cleaned


def _free_slug(name: str) -> str:
    base = slugify(name)[: LONGEST_SLUG - 6] or "list"
    taken = set(StaticList.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(one for one in numbered if one not in taken)
