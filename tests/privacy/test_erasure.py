"""After an erasure nothing of the person is left, and it can be shown that nothing is."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import ForeignKey

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.invariants import violations
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Job, JobError, JobFile, Notice
from customers.exporting.writing import write_export
from customers.merging.services import blockers_of, customers_merge
from customers.models import (
    Activity,
    Blocklisted,
    ConsentEvent,
    Customer,
    ImportBatch,
    ImportChange,
    Suppression,
    User,
)
from customers.privacy.certificate import certificate_pdf, seal_of
from customers.privacy.exporting import personal_export
from customers.privacy.registry import personal_tables
from customers.privacy.services import (
    customer_block,
    erasure_cancel,
    erasure_count,
    erasure_run,
    erasure_schedule,
    erasures_run_due,
    hold_lift,
    hold_place,
)
from customers.selectors.gate import may_send
from customers.services.consent import Proof, consent_record, suppression_add
from customers.services.consent_seals import broken_consent_seals, consent_seal
from customers.services.contact_points import address_save, email_alias_add, phone_add
from customers.services.notes import note_add, note_edit
from customers.services.profile import customer_create, customer_update
from tests.merging.conftest import tables

pytestmark = [pytest.mark.feature("E34", "BX12"), pytest.mark.django_db]
EMAIL, ALIAS = "quillahuasi.zyx@correo.example", "zyx.otra@correo.example"
NAME = ("Zyxandra", "Quillahuasi")
WORDS = (EMAIL, ALIAS, "Quillahuasi", "Zyxandra", "56987650001", "123456785", "Pasaje Escondido")


@pytest.fixture
def person(ana, make_full):
    """A record with everything attached, that lived through the services as a real one does."""
    customer = customer_create(
        profile={
            "first_name": NAME[0],
            "last_name": NAME[1],
            "email": EMAIL,
            "phone": "+56987650001",
            "id_type": "rut",
            "id_number": "123456785",
            "custom": {"generic_text_1": "Zyxandra dijo"},
        },
        by=ana,
    )
    customer = customer_update(customer=customer, version=1, profile={"city": "Curicó"}, by=ana)
    email_alias_add(customer=customer, address=ALIAS, by=ana)
    phone_add(customer=customer, number="+56987650009", by=ana)
    address_save(customer=customer, values={"line1": "Pasaje Escondido 7"}, is_main=True, by=ana)
    note = note_add(customer=customer, body="Llamar a Zyxandra", by=ana)
    note_edit(note=note, body="Zyxandra Quillahuasi llamó", version=1, by=ana)
    consent_record(
        customer=customer,
        channel="email",
        value="granted",
        source="staff",
        proof=Proof(evidence=f"mail de {EMAIL}", ip="190.1.2.3", user_agent="UA Zyxandra"),
        actor_id=ana.pk,
    )
    suppression_add(address=ALIAS, reason="manual", by=ana)
    user = User(email=EMAIL, name=" ".join(NAME))
    user.set_password("una-clave-larga-9")
    user.save()
    Customer.objects.filter(pk=customer.pk).update(user=user)
    audit.record("customers.user.password_changed", actor=user, subject=user)
    other = make_full("Zyxandra", f"x{EMAIL}", 2)
    customer.refresh_from_db()
    customers_merge(survivor=customer, loser=other, by=ana)
    _files_and_errors(customer, ana)
    consent_seal()
    audit.seal()
    customer.refresh_from_db()
    return customer


def _files_and_errors(customer, ana):
    batch = batch_create_of(f"email;nombre\n{EMAIL};Zyxandra\n", ana)
    ImportChange.objects.create(
        batch=batch, customer=customer, line=2, is_creation=False, version_after=1,
        before={"city": "x"}, after={"first_name": "Zyxandra"},
    )  # fmt: skip
    job = Job.objects.create(kind="customers.export", title="x", state="succeeded")
    folder = settings.FILES_DIR / "jobs"
    folder.mkdir(exist_ok=True)
    path = folder / "todos.csv"
    write_export(Customer.objects.all(), path, kind="csv")
    JobFile.objects.create(
        job=job, name="todos.csv", path="jobs/todos.csv", size=9, expires_at=clock.now()
    )
    JobError.objects.create(job=job, column="Zyxandra Quillahuasi", reason="no")
    Notice.objects.create(user=ana, key="n", title=f"Nota de {' '.join(NAME)}", url="/x/")


def batch_create_of(text, ana):
    path = settings.FILES_DIR / "imports" / "old.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return ImportBatch.objects.create(
        file_name="old.csv", path="imports/old.csv", state="applied", uploaded_by=ana
    )


def erase(customer, ana):
    return erasure_run(erasure=erasure_schedule(customer=customer, ground="request", by=ana))


def places_with(words):
    """Every text and JSON column of every table, and every file, that holds one of the words."""
    found = set()
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND table_name = %s",
                [table],
            )
            for (column,) in cursor.fetchall():
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE ANY(%s)',
                    [[f"%{word}%" for word in words]],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}")
    for path in settings.FILES_DIR.rglob("*"):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words):
            found.add(path.name)
    return found


def test_nothing_is_left_in_any_column_or_file(person, ana):
    before = places_with(WORDS)
    assert {"customers_customer.email", "kit_auditvalues.after", "customers_note.body"} <= before
    assert {"old.csv", "todos.csv", "customers_consentevent.evidence"} <= before
    assert len(before) > 25
    erase(person, ana)
    assert places_with(WORDS) == set()
    person.refresh_from_db()
    assert person.erased_at is not None
    assert not User.objects.filter(email=EMAIL).exists()
    assert Activity.objects.filter(customer=person).count() > 5
    assert ConsentEvent.objects.filter(customer=person).count() == 1


def test_ledgers_and_their_chains_still_hold(person, ana):
    erase(person, ana)
    audit.seal()
    assert (audit.broken_seals(), broken_consent_seals()) == (0, 0)
    broken = {name: n for name, n in violations().items() if n and name.startswith("customers_")}
    assert broken == {}
    entry = AuditEntry.objects.get(action="customers.customer.erased")
    assert (entry.subject_id, entry.actor_label) == (person.pk, "")


def test_the_dry_run_counts_and_touches_nothing(person):
    counts = erasure_count(person)
    assert (counts["customers_note"], counts["customers_customer"]) == (2, 2)
    assert Customer.objects.get(pk=person.pk).email == EMAIL


def test_a_hold_and_a_mail_in_flight_forbid_it(person, ana):
    hold = hold_place(customer=person, reason="Juicio 12", by=ana)
    with pytest.raises(DomainError) as refusal:
        erasure_schedule(customer=person, ground="request", by=ana)
    assert refusal.value.data["blockers"] == ["There is a legal hold: Juicio 12"]
    hold_lift(hold=hold, by=ana)
    erasure = erasure_schedule(customer=person, ground="request", by=ana)
    hold_place(customer=person, reason="Juicio 13", by=ana)
    with pytest.raises(DomainError):
        erasure_run(erasure=erasure)
    assert Customer.objects.get(pk=person.pk).email == EMAIL


def test_it_can_be_called_off_until_its_day(person, ana):
    erasure = erasure_schedule(customer=person, ground="request", by=ana)
    person.refresh_from_db()
    assert person.blocked_at is not None
    assert may_send(person, channel="email", purpose="transactional").reason == "blocked"
    assert blockers_of(person, person)[0] == f"{person} is to be erased."
    assert erasures_run_due() == 0
    erasure_cancel(erasure=erasure, by=ana)
    person.refresh_from_db()
    assert person.blocked_at is None
    with pytest.raises(DomainError):
        erasure_run(erasure=erasure)


def test_on_its_day_it_is_done(person, ana):
    erasure = erasure_schedule(customer=person, ground="request", window=timedelta(0), by=ana)
    assert erasures_run_due() == 1
    erasure.refresh_from_db()
    assert (erasure.state, erasure.report["customers_note"]) == ("done", 2)
    assert erasures_run_due() == 0


def test_nobody_brings_them_back_but_they_themselves(person, ana):
    erase(person, ana)
    assert Blocklisted.objects.filter(kind="email").count() == 4
    assert not Suppression.objects.exists()
    for source in ("staff", "import", "api"):
        with pytest.raises(DomainError) as refusal:
            customer_create(profile={"email": ALIAS.upper()}, source=source)
        assert refusal.value.code == "email_erased"
    assert customer_create(profile={"email": EMAIL}, source="form").email == EMAIL


def test_the_certificate_says_what_was_done_and_names_nobody(person, ana):
    erasure = erase(person, ana)
    pdf = certificate_pdf(erasure)
    assert pdf.startswith(b"%PDF-")
    seal = seal_of(erasure)
    erasure.report = {**erasure.report, "customers_note": 1}
    assert seal_of(erasure) != seal


def test_everything_of_a_person_goes_into_one_file(person, ana):
    personal_export(customer=person, by=ana)
    jobs_run_due(queue="jobs")
    file = JobFile.objects.get(name__startswith="data-")
    assert file.expires_at - clock.now() < timedelta(hours=25)
    with zipfile.ZipFile(settings.FILES_DIR / file.path) as archive:
        data = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
        sheet = archive.read("csv/customers_customeremail.csv").decode("utf-8-sig")
    parts = data["parts"]
    assert parts["customers_customer"]["rows"][0]["custom"]["generic_text_1"] == "Zyxandra dijo"
    assert {one["body"] for one in parts["customers_note"]["rows"]} == {
        "Zyxandra Quillahuasi llamó",
        "Nota de Zyxandra",
    }
    assert {"customers_activity", "customers_consentevent", "messaging_delivery"} <= set(parts)
    assert (EMAIL in sheet, ALIAS in page) == (True, True)
    erase(person, ana)
    assert not (settings.FILES_DIR / file.path).exists()


def test_the_copy_of_somebody_else_stays(person, make_customer, ana):
    personal_export(customer=make_customer("iker@x.example", first_name="Iker"), by=ana)
    jobs_run_due(queue="jobs")
    file = JobFile.objects.get(name__startswith="data-")
    erase(person, ana)
    assert (settings.FILES_DIR / file.path).is_file()


def test_a_blocked_person_gets_no_mail_at_all(make_customer, ana):
    customer = make_customer("a@x.example")
    customer_block(customer=customer, is_on=True, by=ana)
    assert may_send(customer, channel="email", purpose="transactional").reason == "blocked"
    customer_block(customer=customer, is_on=False, by=ana)
    assert may_send(customer, channel="email", purpose="transactional").allowed


def test_every_table_that_refers_to_a_customer_says_what_becomes_of_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name IN ('customer_id', 'customers')"
            "UNION SELECT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = 'customers_customer'::regclass"
        )
        referring = {row[0] for row in cursor.fetchall()} & set(tables())
    for model in apps.get_models():
        if any(
            isinstance(field, ForeignKey) and field.related_model is Customer
            for field in model._meta.get_fields()
        ):
            referring.add(model._meta.db_table)
    assert referring - {one.table for one in personal_tables()} == set()
