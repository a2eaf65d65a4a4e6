"""What targets tell about a merge: nothing of theirs moves, upkeep follows the people."""

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merging.registry import MergePart, MergeTable, merging
from customers.models import Customer
from targets.models import Target
from targets.rules.problems import RuleRefused
from targets.selectors.evaluation import target_sql
from targets.selectors.members import targets_of

MOST = 200
UPKEEP = "Upkeep sees the change and writes anew who is in."
TABLES = (
    *(
        MergeTable(table=table, stays=UPKEEP)
        for table in (
            "targets_membership",
            "targets_membershipchange",
            "targets_change",
            "targets_bulkchange",
            "targets_due",
            "targets_buildpending",
        )
    ),
    MergeTable(
        table="targets_staticentry",
        same=("list_id",),
        counted=lambda n: ngettext("%(n)s place on a list", "%(n)s places on lists", n) % {"n": n},
    ),
)


def outcome(survivor: Customer, loser: Customer) -> list[str]:
    """Asked while the two are one: which targets the survivor gains and loses by it."""
    held = {one.pk: one.name for one in targets_of(survivor)}
    now = {
        one.pk: one.name for one in Target.objects.order_by("pk")[:MOST] if _is_in(one, survivor)
    }
    gained = ", ".join(sorted(name for pk, name in now.items() if pk not in held))
    lost = ", ".join(sorted(name for pk, name in held.items() if pk not in now))
    sentences = []
    if gained:
        sentences.append(_("Enters the targets: %(names)s.") % {"names": gained})
    if lost:
        sentences.append(_("Leaves the targets: %(names)s.") % {"names": lost})
    return sentences


def _is_in(target: Target, person: Customer) -> bool:
    try:
        sql, params = target_sql(target)
    except RuleRefused:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM ({sql}) AS found WHERE id = %(merged_person)s)",  # noqa: S608
            {**params, "merged_person": person.pk},
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def register_all() -> None:
    merging.register("targets", MergePart(tables=TABLES, outcome=outcome))
