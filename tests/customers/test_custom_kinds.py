"""Each kind of custom field takes its values and refuses others at its place."""

import datetime

import pytest

from config.kit.errors import DomainError
from customers.models import CustomField
from customers.rules.custom_values import clean_custom
from customers.services.profile import customer_create

OPTIONS = [{"value": "gold", "label": "Oro"}, {"value": "black", "label": "Negro"}]
KINDS = [
    pytest.param("text", "Manta", "Manta", "x" * 5000, marks=pytest.mark.feature("ST23")),
    pytest.param(
        "paragraph", "Dos\nlíneas", "Dos\nlíneas", "x" * 50_000, marks=pytest.mark.feature("ST20")
    ),
    pytest.param("number", "12", 12, "doce", marks=pytest.mark.feature("ST21")),
    pytest.param(
        "date", "2026-02-28", "2026-02-28", "2026-02-31", marks=pytest.mark.feature("ST18")
    ),
    pytest.param("dropdown", "gold", "gold", "silver", marks=pytest.mark.feature("ST19")),
    pytest.param("choice", "black", "black", "silver", marks=pytest.mark.feature("ST22")),
    pytest.param("checkbox", True, True, "perhaps", marks=pytest.mark.feature("ST17")),
]


@pytest.mark.parametrize(("kind", "given", "stored", "wrong"), KINDS)
def test_a_kind_takes_its_values_and_refuses_others(kind, given, stored, wrong):
    field = CustomField(key="dato", label="Dato", kind=kind, options=OPTIONS)
    assert clean_custom(field, given) == stored
    with pytest.raises(DomainError) as refusal:
        clean_custom(field, wrong)
    assert refusal.value.field == "custom.dato"


@pytest.mark.feature("E16", "E17", "E18")
def test_the_generic_fields_are_there_from_the_start(db):
    keys = list(CustomField.objects.filter(is_builtin=True).values_list("key", flat=True))
    assert keys == [
        *(f"generic_text_{n}" for n in range(1, 6)),
        *(f"generic_integer_{n}" for n in range(1, 6)),
        *(f"generic_date_{n}" for n in range(1, 3)),
    ]
    customer = customer_create(
        profile={
            "email": "a@correo.example",
            "custom": {
                "generic_text_1": "uno",
                "generic_integer_2": 7,
                "generic_date_1": "2026-11-24",
            },
        }
    )
    customer.refresh_from_db()
    assert customer.custom == {
        "generic_text_1": "uno",
        "generic_integer_2": 7,
        "generic_date_1": "2026-11-24",
    }


@pytest.mark.feature("E12")
def test_a_record_keeps_the_day_of_its_registration(db):
    before = datetime.datetime.now(datetime.UTC)
    customer = customer_create(profile={"email": "a@correo.example"})
    assert before <= customer.registered_at <= datetime.datetime.now(datetime.UTC)
