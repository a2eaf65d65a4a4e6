"""Forgetting the personal values of the trail; what happened, and its proof, stay."""

from django.db import connection, models, transaction


@transaction.atomic
def values_erase(*, subject: models.Model) -> int:
    """Delete before and after of everything that happened to this thing; returns how many.

    The one way the database allows; the digests in the entries keep the chain whole.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kit_auditvalues_erase(%s, %s)", [subject._meta.label_lower, subject.pk]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
