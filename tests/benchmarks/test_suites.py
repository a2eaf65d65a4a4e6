"""Every suite of ``bench`` runs, at a size where its figures say nothing, and cleans up."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.kit.benching import lists, suites
from config.kit.management.commands.seed import seed
from customers.models import Customer, User
from targets.upkeep.database import fetch

pytestmark = pytest.mark.slow


LEFT_EMPTY = (
    *("targets_target", "targets_membership", "targets_membershipchange", "targets_tally"),
    *("targets_change", "targets_bulkchange", "targets_build", "targets_auditrun"),
)


def people() -> list[tuple[Any, ...]]:
    """What the changes of the benchmark touch."""
    return fetch(
        "SELECT person.id, person.last_login_at, person.login_count, person.custom, "
        "ARRAY(SELECT tag_id FROM customers_tagging WHERE customer_id = person.id ORDER BY 1), "
        "(SELECT count(*) FROM customers_activity WHERE customer_id = person.id), "
        "(SELECT count(*) FROM messaging_delivery WHERE customer_id = person.id), "
        "(SELECT count(opened_at) FROM messaging_delivery WHERE customer_id = person.id) "
        "FROM customers_customer AS person ORDER BY person.id"
    )


def bench(suite: str, size: int, **options: int) -> dict[str, Any]:
    out = StringIO()
    call_command("bench", suite, size=size, json=True, stdout=out, **options)
    figures: dict[str, Any] = json.loads(out.getvalue())
    assert (figures["suite"], figures["size"]) == (suite, size)
    return figures


def test_all_suites_are_offered() -> None:
    assert {"campaign", "import", "pages", "targets", "upkeep"} <= set(suites)


def test_an_option_that_a_suite_lacks_is_refused() -> None:
    with pytest.raises(CommandError, match="The suite targets has no --rate"):
        call_command("bench", "targets", rate=5)


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(CommandError, match="There is no suite orders: "):
        call_command("bench", "orders")


@pytest.mark.django_db
def test_pages_measures_every_list_beside_the_bare_page() -> None:
    figures = bench("pages", 200)

    assert figures["customers"] == 200
    assert figures["p95_ms_yardstick"] > 0
    for key in lists:
        assert any(name.startswith(f"{key}_by_") for name in figures), key
    assert figures["customers_by_name_down_middle_queries"] > 0
    assert figures["record_p95_ms"] > 0
    assert not User.objects.exists()


@pytest.mark.django_db
def test_targets_counts_as_the_hand_written_sql_does() -> None:
    figures = bench("targets", 300)

    assert figures["customers"] == 300
    assert figures["mixed_ms_yardstick"] > 0


@pytest.mark.django_db(transaction=True)
def test_import_deletes_what_it_brought_in() -> None:
    figures = bench("import", 500)

    assert figures["rows"] == 500
    assert figures["rows_per_s_yardstick"] > 0
    assert Customer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.feature("BX01", "BX05")
def test_upkeep_follows_every_change_and_takes_all_of_it_back() -> None:
    seed(customers=200, months=2)
    before = people()

    figures = bench("upkeep", 200, rate=20, seconds=2)

    assert (figures["targets"], figures["changes"], figures["drift"]) == (20, 40, 0)
    assert figures["audited_targets"] >= 40
    assert (figures["settling_mails"], figures["settling_drift"]) == (200, 0)
    assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]
    assert figures["p99_ms_yardstick"] > 0
    assert figures["flip_p99_ms"] > 0
    assert people() == before
    for table in LEFT_EMPTY:
        assert fetch(f"SELECT count(*) FROM {table}") == [(0,)], table
