"""Every suite of ``bench`` runs, at a size where its figures say nothing, and cleans up."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.kit.benching import lists, suites
from customers.models import Customer, User

pytestmark = pytest.mark.slow


def bench(suite: str, size: int) -> dict[str, Any]:
    out = StringIO()
    call_command("bench", suite, size=size, json=True, stdout=out)
    figures: dict[str, Any] = json.loads(out.getvalue())
    assert (figures["suite"], figures["size"]) == (suite, size)
    return figures


def test_all_suites_are_offered() -> None:
    assert {"campaign", "import", "pages", "targets"} <= set(suites)


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
