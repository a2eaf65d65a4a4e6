"""The privacy tab, the dry run, the typed name, the list with certificates."""

import pytest
from django.urls import reverse

from config.kit.jobs.services import jobs_run_due
from config.kit.models import JobFile
from customers.models import Customer, Erasure, LegalHold
from customers.services.notes import note_add

pytestmark = [pytest.mark.feature("E34", "BX12"), pytest.mark.django_db]


@pytest.fixture
def person(make_customer, ana):
    customer = make_customer("rayen@correo.example", first_name="Rayén", last_name="Millaray")
    note_add(customer=customer, body="Nota", by=ana)
    return customer


def tab(person):
    return reverse("customers:panel", args=[person.public_id, "privacy"])


def test_the_dry_run_is_shown_and_the_name_must_be_typed(ana_client, person):
    url = reverse("customers:erase", args=[person.public_id])
    page = ana_client.get(url).content.decode()
    assert "Erase Rayén Millaray for good" in page
    assert "Notes" in page
    wrong = ana_client.post(url, {"ground": "request", "when": "now", "phrase": "Rayen"})
    assert wrong.status_code == 422
    assert "It is not the same text." in wrong.content.decode()
    assert Customer.objects.get(pk=person.pk).erased_at is None


def test_at_once_leaves_a_certificate_and_no_record(ana_client, person):
    url = reverse("customers:erase", args=[person.public_id])
    data = {"ground": "request", "when": "now", "phrase": "rayen  millaray"}
    page = ana_client.post(url, data, follow=True).content.decode()
    assert "The person is erased." in page
    assert "Rayén" not in page.replace("Rayén Millaray, ", "")
    assert ana_client.get(reverse("customers:record", args=[person.public_id])).status_code == 410
    erasure = Erasure.objects.get()
    answer = ana_client.get(reverse("customers:erasure_certificate", args=[erasure.public_id]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_scheduled_one_is_called_off_from_the_tab(ana_client, person):
    url = reverse("customers:erase", args=[person.public_id])
    data = {"ground": "request", "when": "later", "phrase": "Rayén Millaray"}
    page = ana_client.post(url, data, follow=True).content.decode()
    assert "Until then it can be called off." in page
    erasure = Erasure.objects.get()
    missing = ana_client.get(reverse("customers:erasure_certificate", args=[erasure.public_id]))
    assert missing.status_code == 404
    ana_client.post(reverse("customers:erasure_cancel", args=[erasure.public_id]))
    erasure.refresh_from_db()
    assert erasure.state == "cancelled"
    assert Customer.objects.get(pk=person.pk).blocked_at is None


def test_an_erasure_that_was_called_off_forgets_the_name_with_the_person(ana_client, person):
    url = reverse("customers:erase", args=[person.public_id])
    data = {"ground": "request", "when": "later", "phrase": "Rayén Millaray"}
    ana_client.post(url, data)
    ana_client.post(reverse("customers:erasure_cancel", args=[Erasure.objects.get().public_id]))
    assert "Rayén Millaray" in ana_client.get(reverse("customers:erasures")).content.decode()
    ana_client.post(url, {**data, "when": "now"})
    page = ana_client.get(reverse("customers:erasures")).content.decode()
    assert str(person.public_id) not in page
    assert page.count("Erased person</") == 2


def test_an_erasure_is_found_by_name_until_it_is_done_then_by_number_or_code(ana_client, person):
    data = {"ground": "request", "when": "later", "phrase": "Rayén Millaray"}
    ana_client.post(reverse("customers:erase", args=[person.public_id]), data)
    row = Erasure.objects.get()

    def found(text: str) -> bool:
        page = ana_client.get(reverse("customers:erasures"), {"q": text}).content.decode()
        return str(row.public_id).partition("-")[0] in page.partition("<tbody>")[2]

    assert found("millaray")
    assert not found("nobody else")
    ana_client.post(reverse("customers:erasure_now", args=[row.public_id]), {"confirmed": "1"})
    assert not found("millaray")
    assert found(str(row.public_id)[:8])
    assert found(str(person.public_id)[:8])


def test_a_hold_is_placed_with_its_reason_and_lifted(ana_client, person):
    url = reverse("customers:hold", args=[person.public_id])
    assert ana_client.post(url, {"confirmed": "1", "reason": ""}).status_code == 422
    ana_client.post(url, {"confirmed": "1", "reason": "Juicio 12"})
    page = ana_client.get(reverse("customers:erase", args=[person.public_id])).content.decode()
    assert "There is a legal hold: Juicio 12" in page
    assert 'name="phrase"' not in page
    ana_client.post(reverse("customers:hold_lift", args=[person.public_id]))
    assert LegalHold.objects.get().lifted_at is not None


def test_blocking_and_a_copy_of_the_data(ana_client, person):
    ana_client.post(reverse("customers:block", args=[person.public_id, "on"]))
    assert "Blocked since" in ana_client.get(tab(person)).content.decode()
    ana_client.post(reverse("customers:block", args=[person.public_id, "off"]))
    ana_client.post(reverse("customers:data", args=[person.public_id]))
    jobs_run_due(queue="jobs")
    file = JobFile.objects.get()
    url = reverse("jobs:file", args=[file.job.public_id, file.public_id])
    assert url in ana_client.get(tab(person)).content.decode()
    answer = ana_client.get(url)
    assert answer.getvalue().startswith(b"PK")


def test_who_only_reads_erases_nobody(beto_client, person):
    assert beto_client.get(tab(person)).status_code == 200
    for name in ("erase", "hold", "data"):
        url = reverse(f"customers:{name}", args=[person.public_id])
        assert beto_client.post(url).status_code == 403
