"""Putting people into a target, or leaving them out of it, whatever its rule says."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from customers.models import Customer
from targets.models import StaticEntry, StaticList, Target
from targets.picks import slug_of

SIDES = ("included", "excluded")
COPY = """
INSERT INTO targets_staticentry (list_id, customer_id, added_at, added_by_id)
SELECT %(to)s, customer_id, clock_timestamp(), %(by)s FROM targets_staticentry
WHERE list_id = %(from)s ORDER BY customer_id
"""


@transaction.atomic
def target_pick(
    *, target: Target, customer: Customer, side: str, by: AbstractBaseUser | None = None
) -> bool:
    """Put a person in (``included``), leave them out (``excluded``), or let the rule decide ("").

    Upkeep follows within a second. False: it was so already.

    :raises DomainError: ``person_gone`` for who is in the trash, merged or erased.
    """
    held = Target.objects.select_for_update().get(pk=target.pk)
    person = Customer.objects.select_for_update().get(pk=customer.pk)
    entries = StaticEntry.objects.filter(list__target=held, customer=person)
    before = entries.values_list("list__side", flat=True).first() or ""
    if side == before:
        return False
    if side and not Customer.objects.live().filter(pk=person.pk).exists():
        raise DomainError(
            "person_gone", _("Who is in the trash, merged or erased cannot be put in by hand.")
        )
    entries.delete()
    if side in SIDES:
        people = _list_of(held, side)
        StaticEntry.objects.create(
            list=people, customer=person, added_by_id=by.pk if by is not None else None
        )
    audit.record(
        "targets.target.picked",
        actor=by,
        subject=held,
        data={"customer": str(person.public_id), "before": before, "after": side},
    )
    return True


def picks_copy(*, source: Target, copy: Target, by: AbstractBaseUser | None = None) -> None:
    """The same people by hand in the copy of a target; the trail says how many, and whence."""
    copied = dict.fromkeys(SIDES, 0)
    for one in StaticList.objects.filter(target=source).order_by("side"):
        made = _list_of(copy, one.side)
        with connection.cursor() as cursor:
            cursor.execute(
                COPY, {"to": made.pk, "from": one.pk, "by": by.pk if by is not None else None}
            )
            copied[one.side] = cursor.rowcount
    if any(copied.values()):
        audit.record(
            "targets.target.picks_copied",
            actor=by,
            subject=copy,
            data={"from": source.slug, **copied},
        )


def _list_of(target: Target, side: str) -> StaticList:
    """That list of a target, made when somebody first stands on it."""
    found, _is_new = StaticList.objects.get_or_create(
        target=target, side=side, defaults={"slug": slug_of(target.slug, side), "name": target.name}
    )
    return found
