"""The same plain mail to ticked people: each once, and whom no mail goes to is named."""

import pytest
from django.test import Client

from config.kit.jobs.services import job_run_now
from config.kit.models import AuditEntry, Job, JobError
from customers.models import Activity, Suppression
from messaging.models import Delivery, TransactionalMail
from messaging.services import bulk_letters

pytestmark = [pytest.mark.django_db, pytest.mark.feature("O11", "M18")]
LIST = "/backoffice/customers/"
WORDS = {"subject": "Cerramos el lunes", "body": "Tu pedido sale el martes.", "confirmed": "1"}


def write_to(client: Client, people, **more):
    ids = [str(one.public_id) for one in people]
    return client.post(LIST, {"action": "write", "ids": ids, **WORDS, **more})


def test_ticked_people_get_the_mail_and_who_does_not_is_named(
    ana_client: Client, ana, make_customer
):
    people = [make_customer(f"{n}@correo.example", first_name=f"P{n}") for n in range(3)]
    Suppression.objects.create(
        channel="email", address_key="1@correo.example", reason="hard_bounce"
    )
    people.append(make_customer(phone="+56911112222", first_name="Sin"))

    assert write_to(ana_client, people).status_code == 302
    job = job_run_now(job=Job.objects.get(kind="messaging.letters"))

    assert (job.state, job.result) == ("succeeded", {"sent": 2, "left": 2})
    mails = TransactionalMail.objects.order_by("customer")
    assert [one.customer for one in mails] == [people[0], people[2]]
    assert {(one.subject, one.reply_to) for one in mails} == {("Cerramos el lunes", ana.email)}
    assert Delivery.objects.filter(state=Delivery.State.PENDING).count() == 2
    assert Activity.objects.filter(kind="letter_written").count() == 2
    refused = JobError.objects.filter(job=job).order_by("pk").values_list("column", "reason")
    assert [column for column, _why in refused] == ["P1", "Sin"]
    assert refused[1][1] == "This person has no e-mail."
    assert "body" not in Job.objects.get(pk=job.pk).params
    entry = AuditEntry.objects.get(action="messaging.letters.written")
    assert (entry.actor_id, entry.data["count"]) == (ana.pk, 4)
    assert "Cerramos" not in str(entry.data)


def test_a_killed_job_goes_on_and_nobody_gets_it_twice(
    ana_client: Client, make_customer, monkeypatch
):
    people = [make_customer(f"{n}@correo.example") for n in range(3)]
    write_to(ana_client, people)
    job = Job.objects.get(kind="messaging.letters")
    monkeypatch.setattr(bulk_letters, "CHUNK", 1)
    Job.objects.filter(pk=job.pk).update(
        checkpoint={"total": 3, "last": people[0].pk, "done": 1, "sent": 1}
    )
    job.refresh_from_db()
    assert job_run_now(job=job).result == {"sent": 3, "left": 0}
    assert set(TransactionalMail.objects.values_list("customer", flat=True)) == {
        people[1].pk,
        people[2].pk,
    }


def test_it_is_refused_for_many_without_words_and_without_the_right(
    ana_client: Client, beto_client: Client, make_customer, monkeypatch
):
    people = [make_customer(f"{n}@correo.example") for n in range(3)]
    empty = write_to(ana_client, people, body=" ")
    assert empty.status_code == 422
    wrong = write_to(ana_client, people, reply_to="nobody")
    assert "“nobody” is not an address." in wrong.content.decode()
    monkeypatch.setattr(bulk_letters, "MOST", 2)
    many = write_to(ana_client, people)
    assert many.status_code == 422
    assert "at most 2 customers. For more make a campaign." in many.content.decode()
    assert write_to(beto_client, people).status_code == 403
    assert not Job.objects.exists()
    assert not TransactionalMail.objects.exists()
