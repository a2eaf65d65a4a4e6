"""What a plan says is what happens: recognition, policies, conflicts, consent."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, OutboxEvent
from customers.importing.reports import PlannedRow, plan_page
from customers.models import (
    Activity,
    CodeUse,
    ConsentEvent,
    Customer,
    CustomerEmail,
    CustomField,
    ExternalId,
    ImportBatch,
    Note,
    RegistrationCode,
    Tag,
    Tagging,
    User,
)
from customers.models.consent import ConsentState
from customers.rules.registration_codes import code_shown
from customers.services.codes import (
    registration_code_save,
    registration_code_switch,
    sharing_code_make,
)
from customers.services.consent import Proof, consent_record
from tests.imports.conftest import apply, configure, refusals, stage, undo, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05")]
Make = Callable[..., Customer]
Bring = Callable[..., ImportBatch]


def only_row(batch: ImportBatch) -> PlannedRow:
    rows, _before, _after = plan_page(batch)
    assert len(rows) == 1
    return rows[0]


def test_an_update_shows_and_writes_only_what_differs(make_customer: Make) -> None:
    person = make_customer("ana@x.cl", first_name="Ana", city="Castro")
    batch = stage(
        configure(
            upload(
                "correo,nombre,ciudad,fecha nacimiento,edad\nANA@x.cl,Ana,Ancud,02-11-1989,33\n"
            ),
            fields={"nombre": "first_name"},
            update=True,
        )
    )
    row = only_row(batch)
    assert (row.result, row.values["matched_by"]) == ("update", "email")
    assert row.values["before"] == {
        "city": "Castro",
        "birth_date": None,
        "birth_month": None,
        "birth_day": None,
    }
    assert row.values["after"]["city"] == "Ancud"
    apply(batch)
    version = person.version
    person.refresh_from_db()
    assert (person.city, person.birth_date) == ("Ancud", date(1989, 11, 2))
    assert (person.email, person.version) == ("ana@x.cl", version + 1)


def test_without_update_those_who_exist_stay_as_they_are(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    batch = bring("correo,ciudad,etiquetas\nana@x.cl,Ancud,vip\n")
    assert batch.counts["unchanged"] == 1
    person.refresh_from_db()
    assert (person.city, Tagging.objects.count()) == ("Castro", 0)


@pytest.mark.parametrize(
    ("policy", "city", "phone"),
    [
        ("overwrite", "Ancud", "+56966649031"),
        ("fill", "Castro", "+56966649031"),
        ("skip", "Castro", ""),
    ],
)
def test_policies_per_column(
    make_customer: Make, bring: Bring, policy: str, city: str, phone: str
) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    bring(
        "correo,ciudad,telefono\nana@x.cl,Ancud,+56 9 6664 9031\n",
        policies={"ciudad": policy, "telefono": policy},
        update=True,
    )
    person.refresh_from_db()
    assert (person.city, person.phone) == (city, phone)


def test_empty_cells_empty_the_record_where_that_was_chosen(
    make_customer: Make, bring: Bring
) -> None:
    held = {
        "city": "Castro",
        "phone": "+56966649031",
        "birth_date": date(1989, 11, 2),
        "birth_month": 11,
        "birth_day": 2,
        "id_type": "cl_rut",
        "id_number": "135226491",
        "custom": {"generic_text_1": "a", "generic_text_2": "b"},
    }
    person = make_customer("ana@x.cl", **held)
    rows = (
        "correo,ciudad,telefono,fecha nacimiento,rut,generic text 1,apellido\nana@x.cl,,,,,,Rojas\n"
    )
    cleared = ("ciudad", "telefono", "fecha nacimiento", "rut", "generic text 1", "apellido")
    how = {
        "fields": {"generic text 1": "custom.generic_text_1"},
        "policies": dict.fromkeys(cleared, "clear"),
    }
    batch = bring(rows, update=True, **how)
    person.refresh_from_db()
    assert (person.city, person.phone, person.id_type, person.id_number) == ("", "", "", "")
    assert (person.birth_date, person.birth_month, person.birth_day) == (None, None, None)
    assert (person.last_name, person.custom) == ("Rojas", {"generic_text_2": "b"})
    assert bring(rows, update=True, **how).counts["unchanged"] == 1

    undo(batch)

    person.refresh_from_db()
    assert {name: getattr(person, name) for name in held} == held
    assert person.last_name == ""


def test_no_file_empties_an_address_or_a_status() -> None:
    with pytest.raises(DomainError) as refusal:
        configure(upload("correo\nana@x.cl\n"), policies={"correo": "clear"})
    assert (refusal.value.code, refusal.value.field) == ("column_never_empty", "column_0")


def test_empty_cells_keep_what_the_record_says(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl", city="Castro", first_name="Ana")
    batch = bring("correo,ciudad,apellido\nana@x.cl,,Rojas\n", update=True)
    person.refresh_from_db()
    assert batch.counts["update"] == 1
    assert (person.city, person.last_name) == ("Castro", "Rojas")


def test_an_alias_leads_to_the_person_and_keeps_the_first_address(
    make_customer: Make, bring: Bring
) -> None:
    person = make_customer("ana@x.cl")
    CustomerEmail.objects.create(customer=person, address="otra@x.cl", address_key="otra@x.cl")
    batch = bring("correo,ciudad\notra@x.cl,Ancud\n", policies={"correo": "overwrite"}, update=True)
    person.refresh_from_db()
    assert only_row(batch).values["matched_by"] == "alias"
    assert (person.email, person.city) == ("ana@x.cl", "Ancud")


def test_a_code_leads_to_the_person(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl")
    ExternalId.objects.create(customer=person, system="erp", value="77")
    bring(
        "id,correo,ciudad\n77,nueva@x.cl,Ancud\n",
        fields={"id": "external.erp"},
        policies={"correo": "overwrite"},
        update=True,
    )
    person.refresh_from_db()
    assert (person.email, person.city) == ("nueva@x.cl", "Ancud")


def test_a_row_for_two_people_is_held_back(make_customer: Make) -> None:
    make_customer("ana@x.cl")
    other = make_customer("bea@x.cl")
    ExternalId.objects.create(customer=other, system="erp", value="77")
    batch = stage(
        configure(upload("id,correo\n77,ana@x.cl\n"), fields={"id": "external.erp"}, update=True)
    )
    assert batch.counts["conflict"] == 1
    reason = "Its e-mail and its codes belong to different customers."
    assert refusals(batch) == [(2, "", reason)]


def test_phone_and_id_number_recognise_nobody(make_customer: Make) -> None:
    make_customer("ana@x.cl", phone="+56966649031", id_type="cl_rut", id_number="135226491")
    rows = "correo,telefono,rut\nnew@x.cl,09 6664 9031,13.522.649-1\n,09 6664 9031,13.522.649-1\n"
    batch = stage(configure(upload(rows), update=True))
    results = [row.result for row in plan_page(batch)[0]]
    assert results == ["create", "reject"]


def test_a_known_number_without_any_key_is_held_back(make_customer: Make) -> None:
    make_customer("ana@x.cl", id_type="cl_rut", id_number="135226491")
    batch = stage(configure(upload("nombre,rut\nAna,13.522.649-1\n"), update=True))
    assert batch.counts["conflict"] == 1


def test_a_unique_field_of_somebody_else_is_refused(make_customer: Make) -> None:
    CustomField.objects.create(key="card", label="Tarjeta", kind="text", is_unique=True)
    make_customer("ana@x.cl", custom={"card": "A-1"})
    rows = "correo,tarjeta\nbea@x.cl,a-1\ncata@x.cl,B-2\ndora@x.cl,b-2\nana@x.cl,A-1\n"
    batch = stage(configure(upload(rows), update=True))
    assert refusals(batch) == [
        (2, "tarjeta", "Another customer has this value, and it must be unique."),
        (4, "tarjeta", "Another row has this value, and it must be unique."),
    ]
    assert (batch.counts["create"], batch.counts["unchanged"]) == (1, 1)


def test_who_changed_after_the_review_is_held_back(make_customer: Make) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    batch = stage(configure(upload("correo,ciudad\nana@x.cl,Ancud\nnew@x.cl,Lota\n"), update=True))
    Customer.objects.filter(pk=person.pk).update(city="Quellón", version=person.version + 1)
    make_customer("new@x.cl", city="Tomé")
    batch = apply(batch)
    person.refresh_from_db()
    assert (person.city, Customer.objects.get(email_key="new@x.cl").city) == ("Quellón", "Tomé")
    assert (batch.counts["create"], batch.counts["update"], batch.counts["conflict"]) == (0, 0, 2)
    assert [line for line, _column, _reason in refusals(batch)] == [2, 3]


def test_a_plan_is_applied_once(make_customer: Make) -> None:
    batch = stage(configure(upload("correo\nana@x.cl\n")))
    done = apply(batch)
    assert done.state == ImportBatch.State.APPLIED
    with pytest.raises(DomainError) as refusal:
        apply(batch)
    assert refusal.value.code == "import_elsewhere"


def test_everything_around_the_record_is_written(bring: Bring, ana: object) -> None:
    batch = bring(
        "correo,etiquetas,categoria,nota,direccion,ciudad,id\n"
        'ana@x.cl,"vip, Feria",Mayorista,Llama los lunes,Calle 1,Ancud,77\n',
        fields={"id": "external.erp"},
        tag="ERP nov",
    )
    person = Customer.objects.get(email_key="ana@x.cl")
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["ERP nov", "Feria", "vip"]
    assert person.assignments.get().category.code == "mayorista"
    assert Note.objects.get(customer=person).body == "Llama los lunes"
    assert person.addresses.get().city == "Ancud"
    assert person.external_ids.get().value == "77"
    assert Activity.objects.get(customer=person).kind == "customer_imported"
    event = OutboxEvent.objects.get(name="customers.customers_imported")
    assert event.payload == {"batch_id": batch.pk}
    assert AuditEntry.objects.get(action="customers.import.applied").data["counts"]["create"] == 1


def test_a_link_to_set_a_password_is_asked_for(bring: Bring) -> None:
    bring("correo,nombre\nana@x.cl,Ana\n,Sin correo\n", activate=True, mail=True)
    asked = OutboxEvent.objects.filter(name="customers.account_mail_requested")
    person = Customer.objects.get(email_key="ana@x.cl")
    assert [event.payload["customer_id"] for event in asked] == [person.pk]


def granted(email: str) -> bool:
    return ConsentState.objects.filter(customer__email_key=email, value="granted").exists()


def test_nobody_agrees_unless_somebody_says_so(bring: Bring) -> None:
    bring("correo,suscrito\nana@x.cl,si\n")
    assert ConsentEvent.objects.count() == 0


def test_all_agree_with_the_evidence(bring: Bring) -> None:
    bring(
        "correo,nombre\nana@x.cl,Ana\n", consent={"mode": "yes", "evidence": "Feria 2026, hoja 4"}
    )
    event = ConsentEvent.objects.get()
    assert (event.value, event.source, event.evidence) == (
        "granted",
        "import",
        "Feria 2026, hoja 4",
    )
    assert granted("ana@x.cl")


def test_a_column_says_who_agrees(bring: Bring) -> None:
    rows = "correo,suscrito\nana@x.cl,si\nbea@x.cl,no\ncata@x.cl,baja\ndora@x.cl,quizás\n"
    batch = bring(rows, consent={"mode": "column"})
    assert [granted(name) for name in ("ana@x.cl", "bea@x.cl", "cata@x.cl")] == [True, False, False]
    event = ConsentEvent.objects.get(customer__email_key="ana@x.cl")
    assert (event.opt_in_level, "people.csv" in event.evidence) == ("unknown", True)
    assert refusals(batch) == [(5, "suscrito", "This is neither a yes nor a no.")]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"mode": ""}, "consent_unanswered"),
        ({"mode": "yes", "evidence": "  "}, "consent_needs_evidence"),
        ({"mode": "column"}, "consent_without_column"),
    ],
)
def test_the_question_of_consent_must_be_answered(options: dict[str, str], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        configure(upload("correo\nana@x.cl\n"), consent=options)
    assert refusal.value.code == code


def withdraw(person: Customer) -> None:
    consent_record(
        customer=person,
        channel="email",
        value="withdrawn",
        source="link",
        proof=Proof(),
        occurred_at=clock.now() - timedelta(days=10),
    )


def test_whoever_withdrew_is_never_subscribed_again_without_a_later_date(
    make_customer: Make, bring: Bring
) -> None:
    withdraw(make_customer("ana@x.cl"))
    bring("correo\nana@x.cl\n", update=True, consent={"mode": "yes", "evidence": "Lista"})
    bring("correo,suscrito\nana@x.cl,si\n", update=True, consent={"mode": "column"})
    earlier = (clock.now() - timedelta(days=20)).strftime("%Y-%m-%d")
    rows = f"correo,optin_time,optin_ip\nana@x.cl,{earlier},192.0.2.1\n"
    batch = bring(rows, update=True, consent={"mode": "column"})
    assert batch.counts["unchanged"] == 1
    assert not granted("ana@x.cl")


def test_a_later_date_with_its_proof_subscribes_again(make_customer: Make, bring: Bring) -> None:
    withdraw(make_customer("ana@x.cl"))
    later = (clock.now() - timedelta(days=2)).strftime("%Y-%m-%d")
    rows = f"correo,optin_time,optin_ip\nana@x.cl,{later},192.0.2.1\n"
    bring(rows, update=True, consent={"mode": "column"})
    assert granted("ana@x.cl")


def test_nobody_agrees_in_the_future() -> None:
    later = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%d")
    rows = f"correo,optin_time,optin_ip\nana@x.cl,{later},192.0.2.1\n"
    batch = stage(configure(upload(rows), consent={"mode": "column"}))
    assert refusals(batch) == [(2, "optin_time", "Nobody can have agreed in the future.")]


@pytest.mark.feature("E14")
def test_a_file_says_by_which_code_new_people_came(
    bring: Bring, make_customer: Make, ana: User
) -> None:
    fair = registration_code_save(name="Feria", origin="shop", by=ana)
    registration_code_switch(code=fair, is_open=False, by=ana)
    held = make_customer("held@x.cl")
    shared = sharing_code_make(customer=held)
    rows = [f"a@x.cl,{fair.code.lower()}", f"b@x.cl,{code_shown(shared.code)}", "c@x.cl,CDFGHJKM"]
    file = "\n".join(["correo,código de registro", *rows, "d@x.cl,OOOO1111", "held@x.cl,CDFGHJKM"])

    batch = bring(file, update=True)

    assert (batch.counts["create"], batch.counts["unchanged"]) == (3, 1)
    assert [(line, column) for line, column, _text in refusals(batch)] == [
        (5, "código de registro")
    ]
    came = dict(CodeUse.objects.values_list("customer__email", "code__code"))
    assert came == {"a@x.cl": fair.code, "b@x.cl": shared.code, "c@x.cl": "CDFGHJKM"}
    # Nobody knew the third one: the file makes it, as it does tags.
    made = RegistrationCode.objects.get(code="CDFGHJKM")
    assert (made.name, made.origin) == ("CDFGHJKM", "other")
    told = Activity.objects.filter(kind="brought_somebody").values_list("customer", "object_id")
    assert list(told) == [(held.pk, Customer.objects.get(email="b@x.cl").pk)]
    assert Activity.objects.filter(kind="came_by_code").count() == 3
    assert bring(file, update=True).counts["unchanged"] == 4
