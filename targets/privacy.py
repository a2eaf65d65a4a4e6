"""Targets hold no word of a person: numbers that lead to an empty record."""

from django.utils.translation import gettext_lazy as _

from customers.privacy.registry import PersonalTable, PrivacyPart, privacy

WHY = _("It is counted, and no longer leads to anybody.")
HISTORY = (
    "SELECT target.name, change.is_entry, change.occurred_at FROM targets_membershipchange "
    "AS change JOIN targets_target AS target ON target.id = change.target_id "
    "WHERE change.customer_id = ANY(%(people)s) ORDER BY change.occurred_at"
)
TABLES = (
    PersonalTable(
        table="targets_membership",
        label=_("Targets they are in"),
        erasing="keep",
        why=_("They leave every target within a second, which is counted and told like any exit."),
        export="SELECT target.name, held.entered_at FROM targets_membership AS held "
        "JOIN targets_target AS target ON target.id = held.target_id "
        "WHERE held.customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="targets_membershipchange",
        label=_("Targets they entered and left"),
        erasing="keep",
        why=WHY,
        export=HISTORY,
    ),
    PersonalTable(
        table="targets_staticentry",
        label=_("Lists that staff put them on"),
        erasing="delete",
        export="SELECT list.name, target.name AS target, list.side, entry.added_at "
        "FROM targets_staticentry AS entry "
        "JOIN targets_staticlist AS list ON list.id = entry.list_id "
        "LEFT JOIN targets_target AS target ON target.id = list.target_id "
        "WHERE entry.customer_id = ANY(%(people)s) ORDER BY entry.added_at",
    ),
    *(
        PersonalTable(table=table, label="", erasing="keep")
        for table in ("targets_change", "targets_due", "targets_buildpending")
    ),
    PersonalTable(
        table="targets_bulkchange",
        label="",
        erasing="keep",
        where="customers && %(people)s::bigint[]",
    ),
)


def register_all() -> None:
    privacy.register("targets", PrivacyPart(tables=TABLES))
