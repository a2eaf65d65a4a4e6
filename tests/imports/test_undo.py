"""A batch goes back as a whole; what somebody touched since stays and is reported."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import JobError
from customers.importing.batches import can_undo
from customers.importing.files import batch_path
from customers.importing.jobs import imports_tidy
from customers.models import Activity, Category, Customer, ExternalId, ImportBatch, Note, Tagging
from customers.models.consent import ConsentState
from tests.imports.conftest import undo

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05")]
Make = Callable[..., Customer]
Bring = Callable[..., ImportBatch]
ROWS = (
    "correo,ciudad,fecha nacimiento,etiquetas,nota,id,direccion\n"
    "ana@x.cl,Ancud,02-11-1989,vip,Llama,77,Calle 1\n"
    "new@x.cl,Lota,,vip,,78,\n"
)
HOW = {
    "fields": {"id": "external.erp"},
    "update": True,
    "consent": {"mode": "yes", "evidence": "e"},
}


def test_creations_go_to_the_trash_and_updates_go_back(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl", city="Castro", custom={"generic_text_1": "a"})
    batch = undo(bring(ROWS, **HOW))
    person.refresh_from_db()
    assert (person.city, person.birth_date, person.birth_month) == ("Castro", None, None)
    assert person.custom == {"generic_text_1": "a"}
    assert Customer.objects.get(email_key="new@x.cl").trashed_at is not None
    assert not Tagging.objects.filter(customer=person).exists()
    assert not ExternalId.objects.filter(customer=person).exists()
    assert not person.addresses.exists()
    assert not Note.objects.filter(customer=person, deleted_at=None).exists()
    assert set(ConsentState.objects.values_list("value", flat=True)) == {"pending"}
    assert (batch.state, batch.counts["undone"], batch.counts["held"]) == ("undone", 2, 0)
    kinds = Activity.objects.order_by("id").values_list("kind", flat=True)
    assert sorted(list(kinds)[-2:]) == ["profile_updated", "status_changed"]


def test_who_changed_since_stays_and_is_reported(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    batch = bring(ROWS, **HOW)
    Customer.objects.filter(pk=person.pk).update(city="Quellón", version=9)
    batch = undo(batch)
    person.refresh_from_db()
    assert (person.city, batch.counts["undone"], batch.counts["held"]) == ("Quellón", 1, 1)
    error = JobError.objects.get(job=batch.job)
    assert (error.line, error.reason) == (
        2,
        "The record changed after the import; it stays as it is.",
    )


@pytest.mark.feature("BX09")
def test_what_stayed_comes_as_a_file_with_its_reason(
    make_customer: Make, bring: Bring, ana_client: Client
) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    batch = bring(ROWS, **HOW)
    new = Customer.objects.get(email_key="new@x.cl")
    Customer.objects.filter(pk=person.pk).update(city="=Quellón", version=9)
    Customer.objects.filter(pk=new.pk).update(trashed_at=clock.now(), version=9)
    batch = undo(batch)
    page = ana_client.get(reverse("imports:detail", args=[batch.public_id]))
    url = reverse("imports:held", args=[batch.public_id])
    assert url in page.content.decode()
    text = ana_client.get(url).getvalue().decode("utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1:] == [
        [
            "2",
            str(person.public_id),
            "ana@x.cl",
            "Somebody changed the record.",
            "City: “Ancud” then, “=Quellón” now",
        ],
        ["3", str(new.public_id), "new@x.cl", "The record is in the trash.", ""],
    ]


def test_two_imports_are_undone_one_after_the_other(make_customer: Make, bring: Bring) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    first = bring("correo,ciudad\nana@x.cl,Ancud\n", update=True)
    second = bring("correo,ciudad\nana@x.cl,Lota\n", update=True)
    assert undo(second).counts["undone"] == 1
    assert undo(first).counts["undone"] == 1
    person.refresh_from_db()
    assert person.city == "Castro"


def test_after_the_undo_the_same_file_brings_the_people_back(bring: Bring) -> None:
    first = undo(bring("correo,ciudad\nana@x.cl,Ancud\n"))
    assert first.state == "undone"
    again = bring("correo,ciudad\nana@x.cl,Castro\n")
    person = Customer.objects.get(email_key="ana@x.cl")
    assert (again.counts["create"], person.trashed_at, person.city) == (1, None, "Castro")
    undo(again)
    person.refresh_from_db()
    assert person.trashed_at is not None


def test_who_was_trashed_by_staff_is_held_back(make_customer: Make, bring: Bring) -> None:
    make_customer("ana@x.cl", trashed_at=clock.now())
    assert bring("correo\nana@x.cl\n", update=True).counts["conflict"] == 1


def test_after_thirty_days_it_is_too_late(bring: Bring) -> None:
    batch = bring("correo\nana@x.cl\n")
    assert can_undo(batch)
    batch.applied_at = clock.now() - timedelta(days=31)
    batch.save()
    assert not can_undo(batch)
    with pytest.raises(DomainError) as refusal:
        undo(batch)
    assert refusal.value.code == "undo_too_late"
    assert Customer.objects.live().count() == 1


def test_the_undo_asks_first(bring: Bring, ana_client: Client) -> None:
    batch = bring("correo\nana@x.cl\n")
    url = reverse("imports:undo", args=[batch.public_id])
    assert b"Undo this import?" in ana_client.get(url).content
    ana_client.post(url, {"confirmed": "1"})
    batch.refresh_from_db()
    assert batch.state == "undoing"


def test_files_left_lying_are_tidied_after_a_week(bring: Bring) -> None:
    fresh, old = bring("correo\nana@x.cl\n"), bring("correo\nbea@x.cl\n")
    ImportBatch.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=8))
    assert imports_tidy() == 1
    old.refresh_from_db()
    assert old.path == ""
    assert batch_path(fresh).exists()
    assert imports_tidy() == 0
    assert undo(old).counts["undone"] == 1


@pytest.mark.feature("O3", "E41")
def test_a_stage_and_a_status_of_a_file_carry_their_reason_and_go_back_whole(
    make_customer: Make, bring: Bring
) -> None:
    until = clock.now() + timedelta(days=9)
    person = make_customer(
        "ana@x.cl", lifecycle_reason="form", status="deactivated", status_until=until
    )
    since = person.lifecycle_at
    file = "correo,etapa,estado\nana@x.cl,customer,active\n"
    policies = {"etapa": "overwrite", "estado": "overwrite"}
    batch = bring(file, update=True, policies=policies)
    person.refresh_from_db()
    assert (person.lifecycle, person.lifecycle_reason) == ("customer", "import")
    assert person.lifecycle_at > since
    assert (person.status, person.status_until) == ("active", None)
    row = Activity.objects.get(kind="stage_changed")
    assert row.data == {"to": "customer", "reason": "import", "note": ""}

    undo(batch)

    person.refresh_from_db()
    assert (person.lifecycle, person.lifecycle_reason, person.lifecycle_at) == (
        "lead",
        "form",
        since,
    )
    assert (person.status, person.status_until) == ("deactivated", until)


@pytest.mark.feature("E41")
def test_whom_a_file_deactivates_has_no_open_session(carla, carla_client, bring: Bring) -> None:
    assert carla_client.get("/account/").status_code == 200
    bring(
        "correo,estado\ncarla@correo.example,inactive\n",
        update=True,
        policies={"estado": "overwrite"},
    )
    assert not carla.sessions.exists()
    assert carla_client.get("/account/").status_code == 302


@pytest.mark.feature("J21")
def test_a_file_gives_no_category_that_fills_itself(make_customer: Make, bring: Bring) -> None:
    Category.objects.create(code="vip", name="VIP", source="target", source_key="vip")
    person = make_customer("ana@x.cl", city="Castro")
    batch = bring("correo,categoria\nana@x.cl,vip\nnew@x.cl,vip\n", update=True)
    assert (batch.counts["create"], batch.counts["unchanged"]) == (1, 1)
    assert not person.assignments.exists()
    assert not Customer.objects.get(email_key="new@x.cl").assignments.exists()
