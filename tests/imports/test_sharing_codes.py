"""The codes that people share come in with a file: each leads to one person, and none in a circle."""

from collections.abc import Callable

import pytest

from customers.models import Activity, CodeUse, Customer, ImportBatch, RegistrationCode, User
from customers.services.code_uses import code_use_record
from customers.services.codes import (
    registration_code_save,
    sharing_code_make,
    sharing_code_revoke,
)
from tests.imports.conftest import apply, configure, refusals, stage, undo, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E15")]
Make = Callable[..., Customer]
Bring = Callable[..., ImportBatch]
HEAD = "correo,código para compartir,código de registro"


def shared_by(email: str) -> list[str]:
    held = RegistrationCode.objects.filter(customer__email=email, is_current=True)
    return list(held.values_list("code", flat=True))


def test_new_people_bring_their_code_and_whom_they_brought(bring: Bring) -> None:
    batch = bring(f"{HEAD}\nbea@x.cl,,CDFG HJKM\nana@x.cl,cdfg-hjkm,\n")

    assert (batch.counts["create"], batch.counts["reject"]) == (2, 0)
    assert shared_by("ana@x.cl") == ["CDFGHJKM"]
    use = CodeUse.objects.get()
    assert use.code.customer is not None
    assert (use.customer.email, use.code.customer.email) == ("bea@x.cl", "ana@x.cl")
    told = Activity.objects.filter(kind="brought_somebody").values_list(
        "customer__email", "object_id"
    )
    assert list(told) == [("ana@x.cl", use.customer_id)]
    again = bring(f"{HEAD}\nbea@x.cl,,CDFGHJKM\nana@x.cl,CDFGHJKM,\n", update=True)
    assert (again.counts["unchanged"], again.counts["update"]) == (2, 0)


def test_a_code_that_an_earlier_file_named_becomes_that_of_its_person(bring: Bring) -> None:
    bring(f"{HEAD}\nbea@x.cl,,CDFGHJKM\n")
    bring(f"{HEAD}\nana@x.cl,CDFGHJKM,\n")
    assert shared_by("ana@x.cl") == ["CDFGHJKM"]
    assert Activity.objects.get(kind="brought_somebody").customer.email == "ana@x.cl"


def test_a_code_of_somebody_else_refuses_its_row_alone(
    bring: Bring, make_customer: Make, ana: User
) -> None:
    theirs = sharing_code_make(customer=make_customer("zoe@x.cl")).code
    fair = registration_code_save(name="Feria", origin="shop", by=ana).code
    eva = make_customer("eva@x.cl")
    gone = sharing_code_make(customer=eva).code
    sharing_code_revoke(customer=eva)
    rows = [
        f"a@x.cl,{theirs},",
        f"b@x.cl,{fair},",
        "c@x.cl,VWXY2345,",
        "d@x.cl,VWXY2345,",
        f"eva@x.cl,{gone},",
        "f@x.cl,OOOO1111,",
    ]

    batch = bring("\n".join([HEAD, *rows]), update=True)

    column = "código para compartir"
    assert (batch.counts["create"], batch.counts["reject"]) == (1, 5)
    assert refusals(batch)[:4] == [
        (2, column, "This code belongs to another customer."),
        (3, column, "This is a registration code already, not the code of a person."),
        (5, column, "Line 4 has the same sharing code, and the first one keeps it."),
        (6, column, "This code was revoked; the person does not share it any more."),
    ]
    assert (shared_by("zoe@x.cl"), shared_by("c@x.cl")) == ([theirs], ["VWXY2345"])
    assert not Customer.objects.filter(email__in=["a@x.cl", "b@x.cl", "d@x.cl", "f@x.cl"]).exists()


def test_a_circle_in_the_file_is_refused_and_who_hangs_on_it_is_not(bring: Bring) -> None:
    rows = [
        "a@x.cl,CDFGHJKM,VWXY2345",
        "b@x.cl,VWXY2345,CDFGHJKM",
        "own@x.cl,TTTT2222,TTTT2222",
        "c@x.cl,MMMM3333,",
        "d@x.cl,NNNN4444,MMMM3333",
        "e@x.cl,,NNNN4444",
    ]
    batch = bring("\n".join([HEAD, *rows]))
    reason = "This person brought, directly or through others, whose code it is."
    assert refusals(batch) == [(line, "código de registro", reason) for line in (2, 3, 4)]
    came = dict(CodeUse.objects.values_list("customer__email", "code__customer__email"))
    assert came == {"d@x.cl": "c@x.cl", "e@x.cl": "d@x.cl"}


def test_who_shares_a_code_keeps_it_unless_the_file_replaces_it(
    bring: Bring, make_customer: Make
) -> None:
    old = sharing_code_make(customer=make_customer("ana@x.cl")).code
    make_customer("bea@x.cl")
    file = f"{HEAD}\nana@x.cl,CDFGHJKM,\nbea@x.cl,VWXY2345,\n"

    filled = bring(file, update=True)
    assert (filled.counts["update"], filled.counts["unchanged"]) == (1, 1)
    assert (shared_by("ana@x.cl"), shared_by("bea@x.cl")) == ([old], ["VWXY2345"])
    undo(filled)
    assert (shared_by("ana@x.cl"), shared_by("bea@x.cl")) == ([old], [])

    policies = {"código para compartir": "overwrite"}
    replaced = bring(file, update=True, policies=policies)
    assert (shared_by("ana@x.cl"), shared_by("bea@x.cl")) == (["CDFGHJKM"], ["VWXY2345"])
    assert RegistrationCode.objects.get(code=old).valid_until is not None
    undo(replaced)
    assert (shared_by("ana@x.cl"), shared_by("bea@x.cl")) == ([old], [])
    assert RegistrationCode.objects.get(code=old).valid_until is None
    assert not RegistrationCode.objects.filter(code__in=["CDFGHJKM", "VWXY2345"]).exists()


def test_an_undo_keeps_the_way_to_whom_people_came_by(bring: Bring, make_customer: Make) -> None:
    bea = make_customer("bea@x.cl")
    batch = bring(f"{HEAD}\nbea@x.cl,VWXY2345,\n", update=True)
    code_use_record(customer=make_customer("new@x.cl"), text="VWXY2345", source="staff")
    undo(batch)
    kept = RegistrationCode.objects.get(code="VWXY2345")
    assert (kept.customer, kept.is_current, kept.valid_until is None) == (bea, False, False)
    assert CodeUse.objects.get().code == kept


def test_a_code_taken_after_the_review_holds_its_row(make_customer: Make) -> None:
    batch = stage(configure(upload(f"{HEAD}\na@x.cl,CDFGHJKM,\nb@x.cl,VWXY2345,\n")))
    zoe = make_customer("zoe@x.cl")
    RegistrationCode.objects.create(code="CDFGHJKM", origin="customer", customer=zoe)
    batch = apply(batch)
    assert (batch.counts["create"], batch.counts["conflict"]) == (1, 1)
    assert RegistrationCode.objects.get(code="CDFGHJKM").customer == zoe
