"""What a merge and its undo would do: done in a transaction that is rolled back, then told."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.merging.fields import FieldChoice, field_choices
from customers.merging.registry import merge_tables, merging
from customers.merging.services import blockers_of, customers_merge, merge_undo, undo_blockers
from customers.models import Customer, Merge
from customers.models.consent import Channel, ConsentValue
from customers.selectors.consents import purpose_label, states_of


@dataclass(frozen=True, kw_only=True)
class ConsentLine:
    """What each of the two says now, and what holds for the one person; "" for nothing."""

    channel: str
    survivor: str
    loser: str
    result: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """``moves`` are counts in words; with ``blockers`` only they and the choices are known."""

    survivor: Customer
    loser: Customer
    choices: list[FieldChoice]
    blockers: list[str]
    moves: list[str] = field(default_factory=list)
    consents: list[ConsentLine] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)

    @property
    def open_choices(self) -> list[FieldChoice]:
        return [one for one in self.choices if one.is_open]

    @property
    def agreed(self) -> list[FieldChoice]:
        return [one for one in self.choices if not one.is_open]


def default_order(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Survivor and loser: who has a log-in, else the customer before the lead, else the older."""
    pair = sorted((one, other), key=lambda it: (it.user_id is None, it.lifecycle == "lead", it.pk))
    return pair[0], pair[1]


def merge_preview(
    survivor: Customer, loser: Customer, chosen: Collection[str] | None
) -> MergePreview:
    """Everything that the merge would do, to the row."""
    blockers = blockers_of(survivor, loser)
    choices = field_choices(survivor, loser, chosen)
    if blockers:
        return MergePreview(survivor=survivor, loser=loser, choices=choices, blockers=blockers)
    effects = [text for part in merging.values() for text in part.effects(survivor, loser)]
    before = {one.pk: _said(one) for one in (survivor, loser)}
    try:
        with transaction.atomic():
            merge = customers_merge(survivor=survivor, loser=loser, chosen=chosen)
            effects += [text for part in merging.values() for text in part.outcome(survivor, loser)]
            after = _said(survivor)
            transaction.set_rollback(True)
    except DomainError as refusal:
        return MergePreview(
            survivor=survivor, loser=loser, choices=choices, blockers=[refusal.message]
        )
    return MergePreview(
        survivor=survivor,
        loser=loser,
        choices=choices,
        blockers=[],
        moves=moves_of(merge),
        consents=_consent_lines(before[survivor.pk], before[loser.pk], after),
        effects=effects,
    )


def moves_of(merge: Merge) -> list[str]:
    """How many of what the survivor got, in words."""
    return [
        table.counted(merge.counts[table.table])
        for table in merge_tables()
        if table.counted and merge.counts.get(table.table)
    ]


@dataclass(frozen=True, kw_only=True)
class UndoPreview:
    """``kept``: what stays with the survivor, since it changed after the merge."""

    blockers: list[str]
    kept: list[str]


def undo_preview(merge: Merge) -> UndoPreview:
    blockers = undo_blockers(merge)
    if blockers:
        return UndoPreview(blockers=blockers, kept=[])
    try:
        with transaction.atomic():
            kept = list(merge_undo(merge=merge).kept)
            transaction.set_rollback(True)
    except DomainError as refusal:
        return UndoPreview(blockers=[refusal.message], kept=[])
    return UndoPreview(blockers=[], kept=kept)


Said = dict[tuple[str, str], str]
TONES = {"": "neutral", "granted": "ok", "pending": "warning", "withdrawn": "slate"}


def _said(customer: Customer) -> Said:
    return {(one.channel, one.purpose): one.value for one in states_of(customer)}


def _consent_lines(survivor: Said, loser: Said, after: Said) -> list[ConsentLine]:
    def words(value: str) -> str:
        return str(ConsentValue(value).label) if value else _("Nothing said")

    return [
        ConsentLine(
            channel=f"{Channel(key[0]).label} · {purpose_label(key[1])}",
            survivor=words(survivor.get(key, "")),
            loser=words(loser.get(key, "")),
            result=words(after.get(key, "")),
            tone=TONES[after.get(key, "")],
        )
        for key in sorted({**survivor, **loser})
    ]
