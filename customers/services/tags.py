"""Tags: free words on people."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.events import emit_select
from customers.events import CustomerUpdated
from customers.models import Customer, Tag, Tagging, User
from customers.registry import usages_of
from customers.rules.profile import clean_text
from customers.services.activity import ActivityRow, activity_record_many
from customers.services.trail import leave_trail

NAME_LIMIT = 80
COLORS = 5
ADD_MANY = """
INSERT INTO customers_tagging (customer_id, tag_id, created_at)
SELECT id, %(tag)s, clock_timestamp() FROM customers_customer WHERE id = ANY(%(ids)s)
ON CONFLICT (customer_id, tag_id) DO NOTHING RETURNING customer_id
"""
REMOVE_MANY = """
DELETE FROM customers_tagging WHERE tag_id = %(tag)s AND customer_id = ANY(%(ids)s)
RETURNING customer_id
"""
CHANGED_PEOPLE = """
SELECT 'customer:' || one, jsonb_build_object('customer_id', one)
FROM unnest(%(ids)s::bigint[]) AS one
"""


def tag_get_or_create(*, name: str, color: int | None = None) -> Tag:
    """The tag of this name, whatever its case; made when it is new.

    :raises DomainError: the name is empty or too long.
    """
    clean = clean_text(name, limit=NAME_LIMIT, field="name")
    if not clean:
        raise DomainError("tag_empty", _("Write the name of the tag."), field="name")
    found = Tag.objects.filter(name__iexact=clean).first()
    if found is not None:
        return found
    chosen = color or Tag.objects.count() % COLORS + 1
    Tag.objects.bulk_create([Tag(name=clean, color=chosen)], ignore_conflicts=True)
    return Tag.objects.annotate(key=Lower("name")).get(name__iexact=clean)


@transaction.atomic
def tag_add(
    *,
    customer: Customer,
    names: Iterable[str],
    by: User | None = None,
    request: HttpRequest | None = None,
) -> list[Tag]:
    """Put tags on a person and return those that were not there before."""
    added = []
    for name in names:
        tag = tag_get_or_create(name=name)
        _row, is_new = Tagging.objects.get_or_create(customer=customer, tag=tag)
        if is_new:
            added.append(tag)
            _leave_tag_trail(customer, "tag_added", tag, by, request)
    return added


@transaction.atomic
def tag_remove(
    *, customer: Customer, tag: Tag, by: User | None = None, request: HttpRequest | None = None
) -> bool:
    """Take a tag from a person; False when it was not there."""
    gone, _by_model = Tagging.objects.filter(customer=customer, tag=tag).delete()
    if gone:
        _leave_tag_trail(customer, "tag_removed", tag, by, request)
    return bool(gone)


@transaction.atomic
def tag_add_many(*, ids: Sequence[int], names: Iterable[str], by: User | None = None) -> int:
    """Put tags on many people at once; returns how many of them got at least one.

    The audit row is that of the bulk action.
    """
    touched: set[int] = set()
    for name in names:
        tag = tag_get_or_create(name=name)
        touched |= _change_many(ADD_MANY, tag, ids, "tag_added", by)
    return len(touched)


@transaction.atomic
def tag_remove_many(*, ids: Sequence[int], names: Iterable[str], by: User | None = None) -> int:
    """Take tags from many people at once; returns how many of them lost at least one."""
    touched: set[int] = set()
    for tag in Tag.objects.filter(name__in=list(names)):
        touched |= _change_many(REMOVE_MANY, tag, ids, "tag_removed", by)
    return len(touched)


def _change_many(
    statement: str, tag: Tag, ids: Sequence[int], kind: str, by: User | None
) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tag": tag.pk, "ids": list(ids)})
        touched = {row[0] for row in cursor.fetchall()}
    activity_record_many(
        rows=[
            ActivityRow(
                customer_id=pk,
                kind=kind,
                actor_id=by.pk if by else None,
                origin="bulk",
                object_kind="tag",
                object_id=tag.pk,
                data={"tag": tag.name},
            )
            for pk in touched
        ]
    )
    emit_select(CustomerUpdated, CHANGED_PEOPLE, {"ids": list(touched)})
    return touched


def _leave_tag_trail(
    customer: Customer, kind: str, tag: Tag, by: User | None, request: HttpRequest | None
) -> None:
    data = {"tag": tag.name}
    leave_trail(
        customer,
        kind,
        by=by,
        request=request,
        data=data,
        kind=kind,
        activity=data,
        thing=("tag", tag.pk),
    )


def tag_values(tag: Tag) -> dict[str, str]:
    """What its form shows."""
    return {"name": tag.name, "color": str(tag.color)}


@transaction.atomic
def tag_save(
    *,
    name: str,
    color: int,
    tag: Tag | None = None,
    seen: Mapping[str, str] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Tag:
    """Make a tag, or rename or recolour one; people keep it.

    :raises DomainError: another tag has this name; ``version_conflict`` when it does not look
        as ``seen`` any more.
    """
    row = Tag.objects.select_for_update().get(pk=tag.pk) if tag else Tag()
    if tag and seen is not None and tag_values(row) != seen:
        raise DomainError("version_conflict", _("Somebody else changed this tag meanwhile."))
    clean = clean_text(name, limit=NAME_LIMIT, field="name")
    if not clean:
        raise DomainError("tag_empty", _("Write the name of the tag."), field="name")
    same = Tag.objects.filter(name__iexact=clean)
    if (same.exclude(pk=tag.pk) if tag else same).exists():
        raise DomainError(
            "tag_taken", _("There is a tag “%(name)s” already.") % {"name": clean}, field="name"
        )
    before = {"name": row.name, "color": row.color} if tag else {}
    row.name, row.color = clean, color
    row.save()
    audit.record(
        "customers.tag.saved",
        actor=by,
        subject=row,
        data={"before": before, "name": clean, "color": color},
        request=request,
    )
    return row


@transaction.atomic
def tag_delete(*, tag: Tag, by: User | None = None, request: HttpRequest | None = None) -> int:
    """Delete a tag and take it from everyone; returns from how many.

    :raises DomainError: something else, a target for example, asks for it.
    """
    used = usages_of("tag", tag)
    if used:
        raise DomainError("tag_in_use", _("It is used by: %(names)s.") % {"names": ", ".join(used)})
    people = Tagging.objects.filter(tag=tag).count()
    audit.record(
        "customers.tag.deleted",
        actor=by,
        subject=tag,
        data={"name": tag.name, "people": people},
        request=request,
    )
    Tagging.objects.filter(tag=tag)._raw_delete(using=tag._state.db or "default")
    tag.delete()
    return people
