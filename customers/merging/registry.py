"""What each app tells about its rows of a customer: how they follow at a merge."""

from collections.abc import Callable
from dataclasses import dataclass

from config.kit.registry import Registry
from customers.models import Customer

Sentences = Callable[[Customer, Customer], list[str]]


def _none(survivor: Customer, loser: Customer) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class MergeTable:
    """How the rows of one table follow their person. Names of tables and columns are our own.

    They move to the survivor, but for those that differ from a row of the survivor in none of the
    columns ``same`` (empty: all move) and those for which ``where`` is false: they stay with the
    merged record. With ``stays`` (the reason) none moves. ``is_ledger``: only ids are kept of what
    moved, since the rows are many and nobody else changes whose they are. ``with_step`` is false
    for rows that a trigger or this app's own step moves. ``counted(n)`` says how many moved.
    """

    table: str
    same: tuple[str, ...] = ()
    where: str = "TRUE"
    stays: str = ""
    is_ledger: bool = False
    with_step: bool = True
    counted: Callable[[int], str] | None = None


@dataclass(frozen=True, kw_only=True)
class MergePart:
    """An app's part: its tables, what forbids a merge now, and what else people should know.

    All get survivor and loser and answer whole sentences; ``outcome`` is asked by the preview
    while the two are one.
    """

    tables: tuple[MergeTable, ...]
    blockers: Sentences = _none
    effects: Sentences = _none
    outcome: Sentences = _none


merging: Registry[MergePart] = Registry("customers.merging")


def merge_tables() -> list[MergeTable]:
    return [table for part in merging.values() for table in part.tables]
