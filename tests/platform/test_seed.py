"""Believable data that comes out the same every time."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from config.kit.management.commands.seed import seed
from customers.models import ConsentEvent, PolicyVersion

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
# Without the moment at which a row was written, and without the numbers that databases give.
CHECKSUM = """
SELECT count(*), sum(hashtextextended((to_jsonb(t) - ARRAY['id', 'event_id', 'campaign_id',
    'category_id', 'tag_id', 'object_id', 'context_id', 'created_at', 'updated_at'])::text, 0))
FROM "{table}" AS t
"""
FILLED = {
    "customers_customer",
    "customers_customeremail",
    "customers_tag",
    "customers_category",
    "customers_categoryassignment",
    "customers_activity",
    "customers_consentevent",
    "customers_consentstate",
    "messaging_delivery",
}


class Undo(Exception):
    """Ends a transaction."""


def checksums(seed_number: int) -> dict[str, tuple[int, int]]:
    """Rows and checksum of each table that a run fills, which is undone afterwards."""
    found: dict[str, tuple[int, int]] = {}
    with pytest.raises(Undo), transaction.atomic(), connection.cursor() as cursor:
        seed(customers=400, months=2, seed_number=seed_number, until=UNTIL)
        for table in FILLED:
            cursor.execute(CHECKSUM.format(table=table))
            found[table] = cursor.fetchone()
        raise Undo
    return found


@pytest.mark.django_db
def test_one_seed_writes_the_same_rows_and_another_does_not():
    first, again, other = checksums(7), checksums(7), checksums(8)
    assert {table for table in FILLED if first[table] != again[table]} == set()
    assert first["customers_customer"][0] == 400
    assert all(count > 0 for count, _sum in first.values())
    assert {"customers_customer", "customers_activity", "messaging_delivery"} <= {
        table for table in FILLED if first[table] != other[table]
    }


@pytest.mark.feature("O14")
@pytest.mark.django_db
def test_who_agreed_names_a_text_of_the_policy_that_stood_then():
    seed(customers=60, months=1, seed_number=3, until=UNTIL)
    texts = {one.label: one.published_at for one in PolicyVersion.objects.all() if one.published_at}
    agreed = ConsentEvent.objects.filter(value="granted")
    assert agreed.exists()
    assert all(texts[one.policy_version] < one.occurred_at for one in agreed)
    assert set(
        ConsentEvent.objects.filter(value="withdrawn").values_list("policy_version", flat=True)
    ) <= {""}
