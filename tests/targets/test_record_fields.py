"""TG27: a rule can ask for every field of the record, by its type."""

from datetime import timedelta

import pytest

from customers.models import Address, Customer, CustomerEmail, CustomerPhone, ExternalId
from targets.filters.field import FIELDS
from targets.models import Membership
from targets.selectors.explaining import explain
from tests.targets.conftest import T, evidence_of, found
from tests.targets.test_reading import problems
from tests.targets.test_words import words
from tests.targets.upkeep import settle

pytestmark = [pytest.mark.django_db, pytest.mark.feature("TG27")]
# What other filters ask for, what keeps a record out of every target, and what serves the database.
ELSEWHERE = {"user", "custom", "birth_month", "birth_day"}
NOT_LIVE = {"trashed_at", "erased_at", "merged_into"}
INNER = {"id", "email_key", "version", "search_text", "sort_name"}


@pytest.fixture
def further(people):
    rayen, iker = people["rayen"], people["iker"]
    CustomerPhone.objects.create(customer=rayen, number="+56222345678")
    CustomerPhone.objects.create(customer=rayen, number="+34915551234")
    CustomerPhone.objects.create(customer=iker, number="+34943000000")
    CustomerEmail.objects.create(
        customer=iker, address="Iker@Trabajo.example", address_key="iker@trabajo.example"
    )
    Address.objects.create(customer=rayen, line1="Bulnes 10", district="Ñuñoa", region="RM")
    Address.objects.create(customer=rayen, line1="Prat 5", city="Castro", country="CL")
    Address.objects.create(customer=iker, line1="", postal_code="20001")
    ExternalId.objects.create(customer=rayen, system="erp", value="A-77")
    Customer.objects.filter(pk=rayen.pk).update(
        lifecycle_reason="order", lifecycle_at=T - timedelta(days=3), blocked_at=T
    )
    Customer.objects.filter(pk=iker.pk).update(
        lifecycle_reason="",
        source="import",
        lifecycle_at=T - timedelta(days=30),
        status_until=T + timedelta(days=2),
    )
    Customer.objects.update(updated_at=T - timedelta(days=1))
    return people


def asked(field, op, value=None):
    leaf = {"filter": "field", "field": field, "op": op}
    return leaf if value is None else {**leaf, "value": value}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (asked("further_phone", "starts_with", "+34"), {"Rayén", "Iker"}),
        (asked("further_phone", "is", "+56222345678"), {"Rayén"}),
        (asked("further_phone", "any", ["+56222345678", "+34943000000"]), {"Rayén", "Iker"}),
        (asked("further_phone", "empty"), {"Nahuel"}),
        (asked("further_phone", "not_empty"), {"Rayén", "Iker"}),
        ({"not": asked("further_phone", "starts_with", "+56")}, {"Iker"}),
        (asked("further_email", "contains", "TRABAJO"), {"Iker"}),
        (asked("further_email", "empty"), {"Rayén", "Nahuel"}),
        (asked("address_line", "contains", "prat"), {"Rayén"}),
        (asked("address_line", "empty"), {"Iker", "Nahuel"}),
        (asked("address_district", "is", "nunoa"), {"Rayén"}),
        (asked("address_city", "any", ["Castro"]), {"Rayén"}),
        (asked("address_region", "is", "rm"), {"Rayén"}),
        (asked("address_postal_code", "starts_with", "20"), {"Iker"}),
        (asked("address_country", "is", "CL"), {"Rayén"}),
        (asked("external_id", "is", "a-77"), {"Rayén"}),
        ({"not": asked("external_id", "is", "a-77")}, set()),
        (asked("lifecycle_reason", "any", ["order"]), {"Rayén"}),
        (asked("lifecycle_reason", "any", ["import"]), {"Iker"}),
        (asked("lifecycle_at", "last", {"n": 7, "unit": "days"}), {"Rayén"}),
        (asked("status_until", "next", {"n": 3, "unit": "days"}), {"Iker"}),
        (asked("blocked_at", "not_empty"), {"Rayén"}),
        (asked("updated_at", "before", "2026-11-23"), {"Rayén", "Iker", "Nahuel"}),
        (asked("updated_at", "after", "2026-11-22"), set()),
    ],
)
def test_the_field_finds(further, rule, names):
    Customer.objects.filter(first_name="Nahuel").update(lifecycle_at=T - timedelta(days=60))
    assert found(rule) == names


def test_no_field_of_the_record_is_left_out():
    columns = {field.name for field in Customer._meta.fields}
    assert columns - ELSEWHERE - NOT_LIVE - INNER <= FIELDS.keys()


@pytest.mark.parametrize("op", ["is_not", "none"])
def test_what_would_speak_of_all_values_is_refused(op):
    value = ["x"] if op == "none" else "x"
    assert [path for path, _ in problems(asked("further_phone", op, value))] == ["/rule/op"]


def test_the_passing_of_time_is_not_asked_of_the_last_change():
    rule = asked("updated_at", "last", {"n": 7, "unit": "days"})
    assert [path for path, _ in problems(rule)] == ["/rule/op"]


def test_it_reads_as_a_sentence_and_shows_what_a_person_has(further, make_target):
    rule = asked("further_phone", "starts_with", "+56")
    assert words(rule, "en") == (
        "People who have in “Further phone” a text that starts with “+56”."
    )
    [leaf] = explain(make_target("fijo", rule), further["rayen"], T).leaves
    assert evidence_of(leaf).value == ["+56222345678", "+34915551234"]
    assert evidence_of(leaf).shown == "“+56222345678” and “+34915551234”"


def test_upkeep_follows_what_stands_beside_the_record(people, make_target):
    make_target("fijo", asked("further_phone", "starts_with", "+56"))
    make_target("aqui", asked("address_city", "is", "castro"))
    make_target("bloqueadas", asked("blocked_at", "not_empty"))
    settle()
    rayen, iker = people["rayen"], people["iker"]
    phone = CustomerPhone.objects.create(customer=rayen, number="+56222345678")
    address = Address.objects.create(customer=iker, line1="Prat 5", city="Castro")
    Customer.objects.filter(pk=rayen.pk).update(blocked_at=T)
    settle()
    assert standing() == {("fijo", "Rayén"), ("aqui", "Iker"), ("bloqueadas", "Rayén")}

    phone.customer = iker
    phone.save()
    address.delete()
    settle()
    assert standing() == {("fijo", "Iker"), ("bloqueadas", "Rayén")}


def standing():
    return set(Membership.objects.values_list("target__slug", "customer__first_name"))
