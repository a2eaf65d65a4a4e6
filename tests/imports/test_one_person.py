"""Who a row is about: several rows of one person, and how people are recognised."""

from collections.abc import Callable

import pytest

from config.kit.errors import DomainError
from customers.models import Customer, CustomField, ExternalId, ImportBatch
from tests.imports.conftest import configure, refusals, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05", "BX09")]
Make = Callable[..., Customer]
Bring = Callable[..., ImportBatch]


REPEATED = {
    "the same address": (
        "correo,ciudad\nana@x.cl,Ancud\nANA@x.cl,Castro\n",
        [(2, "correo", "Line 3 has the same e-mail address, and the last one holds.")],
    ),
    "the same code": (
        "id,correo,ciudad\n77,,Ancud\n77,ana@x.cl,Castro\n",
        [(2, "id", "Line 3 has the same code, and the last one holds.")],
    ),
    "by way of another row": (
        "id,correo,ciudad\n77,ana@x.cl,Lota\n,ana@x.cl,Ancud\n77,,Castro\n",
        [
            (2, "id", "Line 4 has the same code, and the last one holds."),
            (3, "", "Line 4 is about the same customer, and the last one holds."),
        ],
    ),
    "a row between two people": (
        "id,correo,ciudad\n77,ana@x.cl,Castro\n78,bea@x.cl,Castro\n77,bea@x.cl,Lota\n",
        [(4, "", "Its e-mail and its codes belong to different customers.")],
    ),
    "the last one is not valid": (
        "id,correo,ciudad\n,ana@x.cl,Ancud\n,ana@x.cl,Castro\n77,ana@x.cl@,Lota\n",
        [
            (2, "correo", "Line 3 has the same e-mail address, and the last one holds."),
            (4, "correo", "It has two @."),
        ],
    ),
}


@pytest.mark.parametrize("case", REPEATED)
def test_of_several_rows_of_one_person_the_last_valid_one_holds(case: str, bring: Bring) -> None:
    rows, told = REPEATED[case]
    batch = bring(rows, fields={"id": "external.erp"}, update=True)
    assert refusals(batch) == told
    assert {person.city for person in Customer.objects.all()} == {"Castro"}
    again = bring(rows, fields={"id": "external.erp"}, update=True)
    assert (again.counts["create"], again.counts["update"]) == (0, 0)


def test_two_rows_for_a_known_person_are_one_change(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl")
    ExternalId.objects.create(customer=person, system="erp", value="77")
    rows = "id,correo,ciudad\n,ana@x.cl,Ancud\n77,,Castro\n"
    batch = bring(rows, fields={"id": "external.erp"}, update=True)
    told = "Line 3 is about the same customer, and the last one holds."
    assert refusals(batch) == [(2, "", told)]
    person.refresh_from_db()
    assert (batch.counts["update"], person.city) == (1, "Castro")


def test_a_row_that_cannot_hold_leaves_the_place_to_an_earlier_one(
    make_customer: Make, bring: Bring
) -> None:
    CustomField.objects.create(key="card", label="Tarjeta", kind="text", is_unique=True)
    make_customer("bea@x.cl", custom={"card": "A-1"})
    ana = make_customer("ana@x.cl")
    ExternalId.objects.create(customer=make_customer("cata@x.cl"), system="erp", value="78")
    rows = "id,correo,ciudad,tarjeta\n,ana@x.cl,Castro,\n,ana@x.cl,Ancud,A-1\n78,ana@x.cl,Lota,\n"
    batch = bring(rows, fields={"id": "external.erp"}, update=True)
    assert refusals(batch) == [
        (3, "tarjeta", "Another customer has this value, and it must be unique."),
        (4, "", "Its e-mail and its codes belong to different customers."),
    ]
    ana.refresh_from_db()
    assert ana.city == "Castro"


def test_people_known_by_a_phone_alone_come_once(bring: Bring) -> None:
    rows = "nombre,telefono\nAna,+56966649031\nBea,+56966649031\n"
    assert bring(rows).counts["create"] == 2
    reason = "A customer has this phone. Add their e-mail address or code to the row."
    assert refusals(bring(rows, update=True)) == [
        (2, "telefono", reason),
        (3, "telefono", reason),
    ]


@pytest.mark.parametrize(
    ("match", "cell", "several"),
    [
        (
            "id_number",
            "13.522.649-1",
            "2 customers have this ID number. Merge them, or say whom you mean.",
        ),
        (
            "phone",
            "+56 9 6664 9031",
            "2 customers have this phone. Say whom you mean by e-mail or code.",
        ),
    ],
)
def test_a_number_or_a_phone_recognises_one_person_where_that_was_chosen(
    make_customer: Make, bring: Bring, match: str, cell: str, several: str
) -> None:
    same = {"phone": "+56966649031", "id_type": "cl_rut", "id_number": "135226491"}
    person = make_customer("ana@x.cl", **same)
    column = {"id_number": "rut", "phone": "telefono"}[match]
    rows = f"correo,{column},ciudad\n,{cell},Lota\n,{cell},Castro\nnew@x.cl,,Ancud\n"
    batch = bring(rows, update=True, match=match)
    person.refresh_from_db()
    assert (batch.counts["create"], batch.counts["update"], person.city) == (1, 1, "Castro")
    assert [line for line, _column, _reason in refusals(batch)] == [2]

    make_customer("bea@x.cl", **same)
    batch = bring(f"{column},ciudad\n{cell},Tomé\n", update=True, match=match)
    assert refusals(batch) == [(2, column, several)]


def test_a_choice_without_its_column_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        configure(upload("correo\nana@x.cl\n"), match="phone")
    assert (refusal.value.code, refusal.value.field) == ("match_without_column", "match")
