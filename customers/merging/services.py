"""Merging two records and taking it back.

1. One merge, undo or erasure at a time: each may touch records that earlier merges led to its own.
   Then both records are locked, the lower id first, so that edits of them queue up.
2. All that forbids it is said at once.
3. A snapshot; each app's rows move by ``customers.merging``; this app joins the records; a second
   snapshot. The differences are the journal.
4. The loser stays as a shell that leads to the survivor; shells that led to the loser follow.
5. The undo locks the same way and walks the journal back (``journal.Rewind``).
"""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import CustomersMerged, CustomersUnmerged
from customers.merging import fields, journal
from customers.merging.journal import Place, Rewind, differences, snapshot
from customers.merging.own import VERSIONS_AHEAD, Pair, consents_stand, records_join
from customers.merging.registry import MergeTable, merge_tables, merging
from customers.models import (
    ConsentEvent,
    ConsentState,
    Customer,
    CustomerEmail,
    Merge,
    MergeStep,
    User,
)
from customers.models.consent import ConsentValue
from customers.services.consent import Proof, consent_record
from customers.services.identities import lock_identities
from customers.services.trail import leave_trail

FOLLOWED_FOR = timedelta(days=1)


@transaction.atomic
def customers_merge(
    *,
    survivor: Customer,
    loser: Customer,
    chosen: Collection[str] | None = None,
    versions: tuple[int, int] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Merge:
    """Let ``loser`` go into ``survivor``; returns the merge, which can be undone.

    ``chosen`` names the fields (``fields.names_of``) for which the loser's value stays; None: only
    what the survivor lacks. ``versions`` are those of the two records that were looked at.

    :raises DomainError: ``merge_blocked`` with all ``blockers`` in its data, or
        ``version_conflict``.
    """
    survivor, loser = _locked(survivor.pk, loser.pk)
    if versions is not None and versions != (survivor.version, loser.version):
        raise DomainError(
            "version_conflict", _("Somebody changed one of the records meanwhile. Look again.")
        )
    refuse_blocked(survivor, loser)
    pair = Pair(survivor=survivor, loser=loser, takes=fields.decided(survivor, loser, chosen))
    merge = Merge.objects.create(
        survivor=survivor,
        loser=loser,
        merged_by=by,
        choices=sorted(name for name, takes in pair.takes.items() if takes),
    )
    ids = [survivor.pk, loser.pk]
    before = snapshot(_places(pair), ids)
    moved = _move(merge)
    records_join(pair)
    steps = differences(merge, before, snapshot(_places(pair), ids))
    MergeStep.objects.bulk_create([*steps, *moved], batch_size=1000)
    merge.counts = _counts([*steps, *moved], survivor)
    merge.save(update_fields=["counts"])
    _tell(merge, "merged", by, request)
    emit(CustomersMerged(customer_id=survivor.pk, merged_id=loser.pk))
    return merge


def _locked(first: int, second: int) -> tuple[Customer, Customer]:
    lock_identities()
    rows = Customer.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk")
    found = {one.pk: one for one in rows}
    return found[first], found[second]


def blockers_of(survivor: Customer, loser: Customer) -> list[str]:
    """All that forbids this merge now, each as a sentence."""
    return [text for part in merging.values() for text in part.blockers(survivor, loser)]


def refuse_blocked(survivor: Customer, loser: Customer) -> None:
    found = blockers_of(survivor, loser)
    if found:
        raise DomainError("merge_blocked", " ".join(found), data={"blockers": found})


def _places(pair: Pair) -> list[Place]:
    """Where a snapshot looks. The people among them who were merged into these two before."""
    users = [one.user_id for one in (pair.survivor, pair.loser) if one.user_id]
    listed = ", ".join(str(int(one)) for one in users) or "NULL"
    places = [
        Place(table=one.table)
        for one in merge_tables()
        if not one.stays and not one.is_ledger and one.table != journal.PEOPLE
    ]
    return [
        *places,
        Place(table=journal.PEOPLE, where="id = ANY(%(ids)s) OR merged_into_id = ANY(%(ids)s)"),
        Place(table=journal.USERS, where=f"id IN ({listed})"),
    ]


def _move(merge: Merge) -> list[MergeStep]:
    """Move what moves by its table alone; returns the steps of the ledgers."""
    steps = []
    for table in merge_tables():
        if table.stays or not table.with_step:
            continue
        ids = _movable(table, merge)
        if ids and table.is_ledger:
            moved = journal.repoint(table.table, ids, was=merge.loser_id, becomes=merge.survivor_id)
            steps.append(MergeStep(merge=merge, table=table.table, moved=moved))
        elif ids:
            _give(table.table, ids, merge.survivor_id)
    return steps


def _movable(table: MergeTable, merge: Merge) -> list[int]:
    alike = "".join(f" AND held.{column} = row.{column}" for column in table.same)
    apart = (
        f" AND NOT EXISTS (SELECT 1 FROM {table.table} AS held "  # noqa: S608
        f"WHERE held.customer_id = %(survivor)s{alike})"
        if table.same
        else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(array_agg(row.id ORDER BY row.id), '{{}}') "  # noqa: S608
            f"FROM {table.table} AS row WHERE row.customer_id = %(loser)s "
            f"AND ({table.where}){apart}",
            {"survivor": merge.survivor_id, "loser": merge.loser_id},
        )
        found = cursor.fetchone()
    return list(found[0]) if found else []


def _give(table: str, ids: list[int], person: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET customer_id = %s WHERE id = ANY(%s)",  # noqa: S608
            [person, ids],
        )


def _counts(steps: list[MergeStep], survivor: Customer) -> dict[str, int]:
    """How many rows of each table the survivor got."""
    counts: dict[str, int] = {}
    for step in steps:
        gained = len(step.moved) or (step.after or {}).get("customer_id") == survivor.pk
        if gained:
            counts[step.table] = counts.get(step.table, 0) + int(gained)
    return counts


def _tell(merge: Merge, verb: str, by: User | None, request: HttpRequest | None) -> None:
    leave_trail(
        merge.survivor,
        verb,
        by=by,
        request=request,
        data={"merge": str(merge.public_id), "with": str(merge.loser.public_id)} | merge.counts,
        kind=verb,
        activity={},
        thing=("merge", merge.pk),
    )


# Undo


def undo_blockers(merge: Merge) -> list[str]:
    """All that forbids the undo now."""
    survivor, loser = merge.survivor, merge.loser
    if merge.state == Merge.State.UNDONE:
        return [_("This merge was undone already.")]
    if survivor.erased_at or loser.erased_at:
        return [_("One of the two was erased: nothing is left to take apart.")]
    if survivor.merged_into is not None:
        return [
            _("%(name)s was merged into %(other)s since. Undo that merge first.")
            % {"name": survivor, "other": survivor.merged_into}
        ]
    return _address_blockers(merge)


def _address_blockers(merge: Merge) -> list[str]:
    """The loser's own address has to be free to go back with it."""
    loser, survivor = merge.loser, merge.survivor
    if not loser.email_key:
        return []
    held = CustomerEmail.objects.filter(address_key=loser.email_key).select_related("customer")
    row = held.first()
    if row is not None and row.customer_id != survivor.pk:
        return [
            _("The address %(address)s belongs to %(name)s by now.")
            % {"address": loser.email, "name": row.customer}
        ]
    if survivor.email_key == loser.email_key and "email" not in merge.choices:
        return [
            _("%(address)s is the first address of %(name)s by now. Change that first.")
            % {"address": loser.email, "name": survivor}
        ]
    return []


@transaction.atomic
def merge_undo(
    *, merge: Merge, by: User | None = None, request: HttpRequest | None = None
) -> Merge:
    """Take a merge back. What was written since stays with the survivor; ``kept`` tells of it.

    :raises DomainError: ``undo_blocked`` with all ``blockers`` in its data.
    """
    survivor, loser = _locked(merge.survivor_id, merge.loser_id)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    merge.survivor, merge.loser = survivor, loser
    found = undo_blockers(merge)
    if found:
        raise DomainError("undo_blocked", " ".join(found), data={"blockers": found})
    rewind = Rewind(merge)
    rewind.run()
    for one in (survivor, loser):
        consents_stand(one, of=[one.pk])
    merge.state, merge.kept = Merge.State.UNDONE, rewind.kept
    merge.undone_at, merge.undone_by = clock.now(), by
    merge.save(update_fields=["state", "kept", "undone_at", "undone_by"])
    _own_address(loser)
    Customer.objects.filter(pk__in=[survivor.pk, loser.pk]).update(
        version=F("version") - VERSIONS_AHEAD
    )
    _withdrawals(merge)
    for later in Merge.objects.filter(survivor=survivor, state=Merge.State.DONE):
        _follow(later)
    _tell(merge, "unmerged", by, request)
    emit(CustomersUnmerged(customer_id=survivor.pk, merged_id=loser.pk))
    return merge


def _own_address(loser: Customer) -> None:
    """Somebody may have taken the loser's address off the merged record."""
    if loser.email_key:
        CustomerEmail.objects.get_or_create(
            address_key=loser.email_key,
            defaults={"customer": loser, "address": loser.email, "is_primary": True},
        )


def _withdrawals(merge: Merge) -> None:
    """Who said no while the records were one, said it for both."""
    said = ConsentEvent.objects.filter(
        customer_id=merge.survivor_id,
        value=ConsentValue.WITHDRAWN,
        recorded_at__gte=merge.merged_at,
    )
    for event in said:
        held = ConsentState.objects.filter(
            customer_id=merge.loser_id, channel=event.channel, purpose=event.purpose
        )
        if held.filter(~Q(value=ConsentValue.WITHDRAWN), since__lte=event.occurred_at).exists():
            consent_record(
                customer=merge.loser,
                channel=event.channel,
                purpose=event.purpose,
                value=ConsentValue.WITHDRAWN,
                source=event.source,
                occurred_at=event.occurred_at,
                proof=Proof(evidence=f"consent {event.pk}"),
            )


# What comes late


@transaction.atomic
def merges_follow() -> int:
    """Rows that came to a merged record after all follow it; returns for how many merges.

    A writer that had read the record just before it was merged, or a mail that was in flight.
    """
    recent = Merge.objects.filter(
        state=Merge.State.DONE, merged_at__gte=clock.now() - FOLLOWED_FOR
    ).order_by("pk")
    return sum(_follow(one) for one in recent)


def _follow(merge: Merge) -> bool:
    survivor, loser = _locked(merge.survivor_id, merge.loser_id)
    if loser.merged_into_id != survivor.pk:
        return False
    pair = Pair(survivor=survivor, loser=loser, takes={})
    ids = [survivor.pk, loser.pk]
    before = snapshot(_places(pair), ids)
    moved = _move(merge)
    steps = [*differences(merge, before, snapshot(_places(pair), ids)), *moved]
    MergeStep.objects.bulk_create(steps, batch_size=1000)
    return bool(steps)
