"""Each filter on people whose truth is known beforehand, at one pinned instant."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Customer
from tests.targets.conftest import T, found

EVERYONE = {"Rayén", "Iker", "Nahuel"}
pytestmark = pytest.mark.django_db


ROWS = {
    "TG00": pytest.mark.feature("TG00"),
    "TG01": pytest.mark.feature("TG01"),
    "TG02": pytest.mark.feature("TG02"),
    "TG03": pytest.mark.feature("TG03"),
    "TG04": pytest.mark.feature("TG04"),
    "TG05": pytest.mark.feature("TG05"),
    "TG06": pytest.mark.feature("TG06"),
    "TG07": pytest.mark.feature("TG07"),
    "TG08": pytest.mark.feature("TG08"),
    "TG09": pytest.mark.feature("TG09"),
    "TG10": pytest.mark.feature("TG10"),
    "TG12": pytest.mark.feature("TG12"),
    "TG13": pytest.mark.feature("TG13"),
    "TG14": pytest.mark.feature("TG14"),
    "TG15": pytest.mark.feature("TG15"),
    "TG18": pytest.mark.feature("TG18"),
    "TG19": pytest.mark.feature("TG19"),
    "TG27": pytest.mark.feature("TG27"),
    "TG28": pytest.mark.feature("TG28"),
}


def case(feature, rule, *names):
    return pytest.param(rule, set(names), marks=ROWS[feature])


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        case("TG01", {"filter": "status", "op": "any", "value": ["inactive"]}, "Iker"),
        case("TG01", {"filter": "status", "op": "none", "value": ["inactive"]}, "Rayén", "Nahuel"),
        case("TG02", {"filter": "age", "op": "eq", "value": 36}, "Rayén"),
        case("TG02", {"filter": "age", "op": "lt", "value": 36}),
        case("TG02", {"filter": "age", "op": "lte", "value": 36}, "Rayén"),
        case("TG02", {"filter": "age", "op": "gt", "value": 35.5}, "Rayén"),
        case("TG02", {"filter": "age", "op": "ne", "value": 36}),
        case("TG02", {"filter": "age", "op": "between", "value": [36, 36]}, "Rayén"),
        case("TG02", {"filter": "age", "op": "any", "value": [1, 36]}, "Rayén"),
        case("TG02", {"filter": "age", "op": "none", "value": [1, 2]}, "Rayén"),
        case("TG02", {"filter": "age", "op": "empty"}, "Iker", "Nahuel"),
        case("TG03", {"filter": "birth_date", "op": "on", "value": "1990-11-23"}, "Rayén"),
        case("TG03", {"filter": "birth_date", "op": "before", "value": "1990-11-23"}),
        case("TG03", {"filter": "birth_date", "op": "after", "value": "1990-11-22"}, "Rayén"),
        case("TG03", {"filter": "birth_date", "op": "empty"}, "Iker", "Nahuel"),
        case(
            "TG03",
            {"filter": "birth_date", "op": "anniversary", "value": {"next": 1, "unit": "days"}},
            "Rayén",
        ),
        case(
            "TG03",
            {
                "filter": "birth_date",
                "op": "anniversary",
                "value": {"from": "02-28", "to": "03-01"},
            },
            "Iker",
        ),
        case(
            "TG03",
            {
                "filter": "birth_date",
                "op": "anniversary",
                "value": {"from": "11-01", "to": "02-29"},
            },
            "Rayén",
            "Iker",
        ),
        case(
            "TG04",
            {"filter": "custom_field", "field": "generic_text_1", "op": "is", "value": "CAFE"},
            "Rayén",
        ),
        case(
            "TG04",
            {"filter": "custom_field", "field": "generic_text_1", "op": "contains", "value": "%"},
        ),
        case(
            "TG04",
            {
                "filter": "custom_field",
                "field": "generic_integer_1",
                "op": "between",
                "value": [6.5, 7],
            },
            "Rayén",
        ),
        case(
            "TG04",
            {
                "filter": "custom_field",
                "field": "generic_date_1",
                "op": "next",
                "value": {"n": 8, "unit": "days"},
            },
            "Rayén",
        ),
        case(
            "TG04",
            {
                "filter": "custom_field",
                "field": "generic_date_1",
                "op": "next",
                "value": {"n": 7, "unit": "days"},
            },
        ),
        case(
            "TG04",
            {"filter": "custom_field", "field": "generic_text_1", "op": "empty"},
            "Iker",
            "Nahuel",
        ),
        case(
            "TG05",
            {
                "filter": "device",
                "op": "any",
                "value": ["mobile"],
                "window": {"last": 30, "unit": "days"},
            },
            "Rayén",
        ),
        case(
            "TG05",
            {
                "filter": "device",
                "op": "any",
                "value": ["desktop"],
                "window": {"last": 30, "unit": "days"},
            },
        ),
        case("TG06", {"filter": "email_delivered", "campaign": "oferta"}, "Rayén"),
        case("TG06", {"filter": "email_delivered"}, "Rayén", "Iker"),
        case("TG07", {"filter": "email_unread"}, "Iker"),
        case("TG07", {"filter": "email_unread", "campaign": ["oferta"]}),
        case("TG08", {"filter": "email_unopened", "campaign": "oferta"}, "Iker"),
        case(
            "TG08",
            {"filter": "email_unopened", "count": {"op": "eq", "value": 0}},
            "Rayén",
            "Nahuel",
        ),
        case("TG09", {"filter": "email_spam"}, "Iker"),
        case("TG10", {"filter": "email_open_count", "op": "eq", "value": 1}, "Rayén"),
        case("TG10", {"filter": "email_open_count", "op": "lte", "value": 0}, "Iker", "Nahuel"),
        case("TG12", {"filter": "gender", "op": "any", "value": ["female"]}, "Rayén"),
        case("TG12", {"filter": "gender", "op": "none", "value": ["male"]}, "Rayén"),
        case("TG12", {"filter": "gender", "op": "empty"}, "Iker", "Nahuel"),
        case("TG13", {"filter": "last_login", "op": "last", "value": {"n": 2, "unit": "days"}}),
        case(
            "TG13",
            {"filter": "last_login", "op": "last", "value": {"n": 49, "unit": "hours"}},
            "Rayén",
        ),
        case("TG13", {"filter": "last_login", "op": "never"}, "Iker", "Nahuel"),
        case(
            "TG13",
            {"not": {"filter": "last_login", "op": "last", "value": {"n": 1, "unit": "days"}}},
            "Rayén",
        ),
        case(
            "TG14",
            {
                "filter": "activity_count",
                "kinds": ["login", "email_opened"],
                "op": "eq",
                "value": 2,
            },
            "Rayén",
        ),
        case(
            "TG14",
            {
                "filter": "activity_count",
                "kinds": ["login", "email_clicked"],
                "mode": "all",
                "op": "gte",
                "value": 2,
            },
        ),
        case(
            "TG14",
            {
                "filter": "activity_count",
                "kinds": ["login", "email_clicked"],
                "mode": "sum",
                "op": "eq",
                "value": 3,
            },
            "Rayén",
        ),
        case(
            "TG14",
            {"filter": "activity_count", "kinds": ["login"], "op": "eq", "value": 0},
            "Iker",
            "Nahuel",
        ),
        case("TG15", {"filter": "login", "window": {"last": 30, "unit": "days"}}, "Rayén"),
        case("TG15", {"filter": "login", "count": {"op": "gte", "value": 2}}, "Rayén"),
        case(
            "TG15",
            {"filter": "login", "window": {"from": "2026-10-14", "to": "2026-10-14"}},
            "Rayén",
        ),
        case("TG15", {"not": {"filter": "login"}}, "Iker", "Nahuel"),
        case("TG18", {"filter": "registered_at", "op": "on", "value": "2026-11-23"}, "Nahuel"),
        case(
            "TG18",
            {"filter": "registered_at", "op": "last", "value": {"n": 1, "unit": "months"}},
            "Iker",
            "Nahuel",
        ),
        case("TG19", {"filter": "tags", "op": "any", "value": ["vip"]}, "Rayén", "Iker"),
        case("TG19", {"filter": "tags", "op": "all", "value": ["vip", "MAYORISTA"]}, "Rayén"),
        case("TG19", {"filter": "tags", "op": "all", "value": ["vip", "nadie"]}),
        case("TG19", {"filter": "tags", "op": "none", "value": ["vip", "nadie"]}, "Nahuel"),
        case("TG19", {"filter": "tags", "op": "empty"}, "Nahuel"),
        case("TG27", {"filter": "category", "op": "any", "value": ["oro"]}, "Iker"),
        case("TG27", {"filter": "category", "op": "empty"}, "Rayén", "Nahuel"),
        case(
            "TG27",
            {"filter": "email_opened", "campaign": "oferta", "window": {"last": 2, "unit": "days"}},
            "Rayén",
        ),
        case("TG27", {"filter": "email_clicked", "count": {"op": "gte", "value": 2}}),
        case("TG27", {"filter": "email_bounced"}, "Iker"),
        case("TG27", {"filter": "verified", "op": "is", "value": True}, "Rayén"),
        case(
            "TG27",
            {"filter": "field", "field": "city", "op": "any", "value": ["nunoa", "DONOSTIA"]},
            "Rayén",
            "Iker",
        ),
        case(
            "TG27",
            {"filter": "field", "field": "email", "op": "starts_with", "value": "IKER@"},
            "Iker",
        ),
        case(
            "TG27",
            {"filter": "consent", "channel": "email", "op": "any", "value": ["granted"]},
            "Rayén",
        ),
        case(
            "TG27",
            {"filter": "consent", "channel": "email", "op": "any", "value": ["never"]},
            "Iker",
            "Nahuel",
        ),
        case("TG27", {"filter": "lifecycle", "op": "any", "value": ["customer"]}, "Rayén"),
        case("TG27", {"filter": "account_type", "op": "any", "value": ["guest"]}, *EVERYONE),
        case("TG27", {"filter": "bucket", "salt": "x", "percent": 100}, *EVERYONE),
        case("TG27", {"filter": "bucket", "salt": "x", "percent": 0}),
        case("TG28", {"not": {"filter": "gender", "op": "any", "value": ["male"]}}, "Rayén"),
        case(
            "TG28",
            {
                "any": [
                    {"filter": "gender", "op": "any", "value": ["male"]},
                    {"filter": "tags", "op": "empty"},
                ]
            },
            "Nahuel",
        ),
        case("TG00", {"all": []}, *EVERYONE),
        case("TG00", {"any": []}),
        case("TG00", {"not": {"any": []}}, *EVERYONE),
    ],
)
def test_the_filter_finds(history, rule, names):
    assert found(rule) == names


def test_gone_people_are_in_no_target(people):
    Customer.objects.filter(pk=people["iker"].pk).update(trashed_at=T)
    Customer.objects.filter(pk=people["nahuel"].pk).update(merged_into=people["rayen"])
    assert found({"all": []}) == {"Rayén"}


def test_born_on_29_february_has_the_birthday_on_1_march_in_common_years(make_customer):
    make_customer(first_name="Bisiesta", birth_date=date(2004, 2, 29))
    eve = datetime(2026, 3, 1, 2, 59, tzinfo=UTC)
    assert found({"filter": "age", "op": "eq", "value": 21}, eve) == {"Bisiesta"}
    assert found({"filter": "age", "op": "eq", "value": 22}, eve + timedelta(minutes=1)) == {
        "Bisiesta"
    }
    soon = {"filter": "birth_date", "op": "anniversary", "value": {"next": 1, "unit": "days"}}
    assert found(soon, eve) == set()
    assert found(soon, eve + timedelta(minutes=1)) == {"Bisiesta"}
    leap = datetime(2028, 2, 29, 15, tzinfo=UTC)
    assert found(soon, leap) == {"Bisiesta"}
    assert found({"filter": "age", "op": "eq", "value": 24}, leap) == {"Bisiesta"}


def test_a_window_of_days_spans_the_25_hours_of_the_day_the_clocks_go_back(make_customer):
    """Chile's clocks went back at midnight of 5 April 2026."""
    person = make_customer(first_name="Tarde")
    Customer.objects.filter(pk=person.pk).update(
        last_login_at=datetime(2026, 4, 4, 15, 30, tzinfo=UTC)
    )
    at = datetime(2026, 4, 5, 16, 0, tzinfo=UTC)
    assert found({"filter": "last_login", "op": "last", "value": {"n": 1, "unit": "days"}}, at) == {
        "Tarde"
    }
    assert (
        found({"filter": "last_login", "op": "last", "value": {"n": 24, "unit": "hours"}}, at)
        == set()
    )


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE x; --", "%s", "%(rule_0)s", "\\", '"', "$$", "100%"]
)
def test_texts_of_people_never_become_sql(make_customer, text):
    make_customer(first_name="Rara", city=text)
    make_customer(first_name="Otra", city="Lota")
    assert found({"filter": "field", "field": "city", "op": "contains", "value": text}) == {"Rara"}
    assert found({"filter": "tags", "op": "any", "value": [text]}) == set()
    assert found({"filter": "bucket", "salt": text, "percent": 100}) == {"Rara", "Otra"}


def test_a_random_share_is_stable_and_near_its_size(make_customer):
    for number in range(200):
        make_customer(first_name=str(number))
    half = found({"filter": "bucket", "salt": "a", "percent": 50})
    assert half == found({"filter": "bucket", "salt": "a", "percent": 50})
    assert 70 < len(half) < 130
    assert found({"filter": "bucket", "salt": "a", "percent": 25}) < half
    assert found({"filter": "bucket", "salt": "b", "percent": 50}) != half
