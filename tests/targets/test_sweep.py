"""Events that windows leave behind are found by range scans: between two instants, nothing more."""

from typing import Any

import pytest
from django.db import connection

from targets.catalog import Catalog
from targets.compiling.edges import Edge
from targets.reading import rule_from_json
from targets.registry import filters
from targets.upkeep.database import ids
from targets.upkeep.sweep import scan_sql
from tests.targets.conftest import document

pytestmark = [pytest.mark.feature("BX01"), pytest.mark.django_db]
WINDOW = {"last": 30, "unit": "days"}
MOVING = [
    {"filter": "login", "window": WINDOW},
    {"filter": "device", "op": "any", "value": ["mobile"], "window": WINDOW},
    {"filter": "activity_count", "kinds": ["login"], "op": "gte", "value": 2, "window": WINDOW},
    {"filter": "email_opened", "window": WINDOW},
    {"filter": "email_unread", "window": WINDOW},
    {"filter": "email_delivered", "window": WINDOW},
]


def edges(rule: dict[str, Any]) -> list[Edge]:
    leaves = rule_from_json(document(rule)).leaves
    return [edge for leaf in leaves for edge in filters[leaf.filter].edges(leaf, Catalog())]


@pytest.mark.parametrize("rule", MOVING, ids=lambda rule: rule["filter"])
def test_each_edge_goes_by_an_index_on_its_moments(rule):
    found = edges(rule)
    assert found
    for edge in found:
        sql = scan_sql(edge.scan)
        for place, value in enumerate((f"'{ids([0])}'", "'{}'", "'{}'"), start=1):
            sql = sql.replace(f"${place}", value)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            lines = [row[0].strip() for row in cursor.fetchall()]
        conditions = [line for line in lines if line.startswith("Index Cond:")]
        assert conditions, lines
        assert all("LEAST(" in line and "GREATEST(" in line for line in conditions), lines
        assert not [line for line in lines if line.startswith("Join Filter:")], lines
