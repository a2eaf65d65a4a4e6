"""What people do, counted: visits, interaction, who comes back, where they came from."""

from datetime import UTC, datetime, timedelta

import pytest

from config.kit import clock
from customers.models import Activity, Customer, Statistics
from customers.selectors.statistics import statistics_of
from customers.services.code_uses import code_use_record
from customers.services.codes import registration_code_save, sharing_code_make
from customers.services.own_activity import own_activity_kind_save
from customers.services.statistics import statistics_count, statistics_count_due

pytestmark = [pytest.mark.feature("M1"), pytest.mark.django_db]
NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)


def did(customer: Customer, kind: str, days: float) -> None:
    at = NOW - timedelta(days=days)
    Activity.objects.bulk_create([Activity(customer=customer, kind=kind, occurred_at=at)])


@pytest.fixture
def people(make_customer):
    """Registered in September, October and November."""
    return [
        make_customer(
            f"{month}@correo.example", registered_at=datetime(2026, month, 10, 15, tzinfo=UTC)
        )
        for month in (9, 10, 11)
    ]


def test_visits_and_interactions_are_counted_against_the_28_days_before(people):
    first, second, third = people
    own_activity_kind_save(key="store_visit", label="Visita")
    own_activity_kind_save(key="parcel_sent", label="Paquete", is_interaction=False)
    did(first, "login", 40)
    did(first, "login", 2)
    did(first, "page_view", 1)
    did(first, "email_opened_machine", 1)
    did(second, "own.store_visit", 3)
    did(second, "own.parcel_sent", 3)
    did(third, "email_clicked", 35)
    did(third, "login", 90)

    data = statistics_of(NOW)

    assert {name: data[name] for name in data if name not in ("cohorts", "sources", "codes")} == {
        "visits": 2,
        "visits_old": 1,
        "visitors": 1,
        "visitors_old": 1,
        "interactions": 1,
        "interactions_old": 1,
        "interacting": 1,
        "interacting_old": 1,
        "active": 2,
        "active_old": 2,
        "stayed": 1,
    }


def test_a_month_of_registration_is_followed_through_the_months_after(people, make_customer):
    first, second, _third = people
    also = make_customer("also@x.cl", registered_at=datetime(2026, 9, 2, 15, tzinfo=UTC))
    gone = make_customer("gone@x.cl", registered_at=datetime(2026, 9, 2, 15, tzinfo=UTC))
    Customer.objects.filter(pk=gone.pk).update(trashed_at=NOW)
    for days in (0, 1, 45, 70):
        did(first, "login", days)
    did(also, "login", 75)
    did(gone, "login", 75)
    did(second, "login", 3)
    cohorts = {
        one["month"]: (one["people"], one["active"]) for one in statistics_of(NOW)["cohorts"]
    }
    assert cohorts == {
        "2026-06-01": (0, [0, 0, 0, 0, 0, 0]),
        "2026-07-01": (0, [0, 0, 0, 0, 0]),
        "2026-08-01": (0, [0, 0, 0, 0]),
        "2026-09-01": (2, [2, 1, 1]),
        "2026-10-01": (1, [0, 1]),
        "2026-11-01": (1, [0]),
    }


def test_the_page_shows_what_was_counted_last(ana_client, beto_client, ana, make_customer):
    url = "/backoffice/customers/statistics/"
    assert "Nobody new in these 28 days." in ana_client.get(url).content.decode()
    assert not statistics_count_due()
    brings, comes = make_customer("a@x.cl"), make_customer("b@x.cl", source="storefront")
    fair = registration_code_save(name="Feria de Temuco", origin="shop", by=ana)
    code_use_record(customer=brings, text=fair.code, source="staff")
    code_use_record(customer=comes, text=sharing_code_make(customer=brings).code, source="api")
    Activity.objects.bulk_create(
        [
            Activity(customer=brings, kind="login", occurred_at=clock.now() - timedelta(days=days))
            for days in (1, 40)
        ]
    )
    statistics_count()
    statistics_count()
    assert Statistics.objects.count() == 1
    page = beto_client.get(url).content.decode()
    for words in ("Feria de Temuco", "Sharing codes of customers", "1 of 1 came back", "100.0%"):
        assert words in page, words
    assert "source=storefront" in page
