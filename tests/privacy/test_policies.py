"""The privacy policy in versions, and the receipt of what somebody agreed to under one."""

import hashlib
import html
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.merging.services import customers_merge
from customers.models import ConsentEvent, Customer, PolicyVersion
from customers.policy_text import policy_html, text_changes
from customers.selectors.policies import policy_current
from customers.services.consent import Proof, consent_record
from customers.services.consent_seals import consent_seal
from customers.services.policies import policy_draft_save, policy_publish

pytestmark = [pytest.mark.feature("BX11"), pytest.mark.django_db]
FIRST = "## Qué guardamos\n\nTu nombre y tu correo.\n\n- Nada más"


def publish(body: str = FIRST, language: str = "es", note: str = "") -> PolicyVersion:
    policy_draft_save(language=language, title="Privacidad", body=body, note=note)
    return policy_publish(language=language)


def label_in(language: str) -> str:
    """The text that stands for who reads this language."""
    policy = policy_current(language)
    assert policy is not None
    return policy.label


@pytest.mark.feature("O14")
def test_a_draft_is_written_published_and_stays_as_it_is(ana_client):
    edit = reverse("customers:policy_edit", args=["es"])
    empty = ana_client.post(edit, {"title": "Privacidad", "body": " ", "note": ""})
    assert empty.status_code == 422
    ana_client.post(edit, {"title": "Privacidad", "body": FIRST, "note": "", "version": shown("")})
    assert ana_client.get("/privacy/").status_code == 404
    page = ana_client.post(
        reverse("customers:policy_publish", args=["es"]), {"confirmed": "1"}, follow=True
    )
    assert "Version 1 is published." in page.content.decode()
    row = PolicyVersion.objects.get()
    assert (row.label, row.body) == ("es-1", FIRST)
    assert str(row.published_by) == "Ana Millaray"
    for change in (row.delete, lambda: PolicyVersion.objects.update(body="Otra")):
        with pytest.raises(DatabaseError, match="a published policy stays"), transaction.atomic():
            change()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "customers.policy.edited",
        "customers.policy.published",
    ]


def shown(body: str) -> str:
    return f'{{"title": "", "body": "{body}", "note": ""}}'


def test_every_version_is_read_by_its_number(client):
    publish()
    publish(FIRST.replace("nombre", "nombre, tu teléfono"), note="El teléfono")
    client.cookies["language"] = "en"
    now = client.get("/privacy/").content.decode()
    assert "tu teléfono" in now
    assert "Version 2, of" in now
    assert "El teléfono" in now
    old = client.get("/privacy/es/1/").content.decode()
    assert "Tu nombre y tu correo." in old
    assert "This is an older version." in old
    for missing in ("/privacy/es/3/", "/privacy/fr/1/", "/privacy/en/1/"):
        assert client.get(missing).status_code == 404


def test_each_language_has_its_own_numbers_and_stands_in_for_the_other():
    publish()
    assert label_in("en") == "es-1"
    publish("What we keep", language="en")
    assert label_in("en") == "en-1"
    assert label_in("es") == "es-1"


def test_the_same_text_is_no_new_version_and_without_a_draft_there_is_none():
    publish()
    with pytest.raises(DomainError) as refusal:
        publish()
    assert refusal.value.code == "policy_unchanged"
    PolicyVersion.objects.filter(number=None).delete()
    with pytest.raises(DomainError) as refusal:
        policy_publish(language="es")
    assert refusal.value.code == "policy_no_draft"
    assert PolicyVersion.objects.count() == 1


def test_two_who_write_the_draft_are_told_of_each_other(ana_client):
    policy_draft_save(language="es", title="Privacidad", body="Uno")
    edit = reverse("customers:policy_edit", args=["es"])
    page = ana_client.get(edit).content.decode()
    version = re.search(r'name="version" value="([^"]*)"', page)
    assert version is not None
    policy_draft_save(language="es", title="Privacidad", body="Dos")
    seen = html.unescape(version[1])
    sent = {"title": "Privacidad", "body": "Tres", "note": "", "version": seen}
    answer = ana_client.post(edit, sent)
    assert answer.status_code == 409
    assert PolicyVersion.objects.get().body == "Dos"


def test_what_differs_is_told_by_line_and_word(ana_client):
    publish("Uno\nTu nombre y tu correo\nTres")
    publish("Uno\nTu nombre y tu teléfono\nTres\nCuatro")
    lines = text_changes(*(one.body for one in PolicyVersion.objects.order_by("number")))
    assert [line.kind for line in lines] == ["same", "changed", "same", "added"]
    assert [(one.kind, one.text) for one in lines[1].pieces] == [
        ("same", "Tu nombre y tu"),
        ("removed", "correo"),
        ("added", "teléfono"),
    ]
    page = ana_client.get(reverse("customers:policy_compare", args=["es"])).content.decode()
    assert "<del>correo</del> <ins>teléfono</ins>" in page


def test_markup_of_a_policy_is_harmless():
    made = policy_html(
        "# Uno\n\n<script>x()</script> [a](javascript:x) [b](https://b.example) "
        "<b onclick=x>c</b>\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<h2>Uno</h2>" in made
    assert 'href="https://b.example"' in made
    assert "<td>1</td>" in made
    assert not re.search(r"<script|<b |javascript:x\"", made)


def test_who_only_reads_neither_writes_nor_publishes(beto_client):
    publish()
    policy_draft_save(language="es", title="Privacidad", body="Otra")
    assert beto_client.get(reverse("customers:policies")).status_code == 200
    for name in ("policy_edit", "policy_publish", "policy_discard"):
        sent = {"confirmed": "1", "title": "x", "body": "y"}
        assert beto_client.post(reverse(f"customers:{name}", args=["es"]), sent).status_code == 403
    assert PolicyVersion.objects.get(number=None).body == "Otra"


@pytest.mark.feature("O14")
def test_a_consent_names_the_version_that_stood_beside_it(carla, carla_client):
    publish()
    assert 'name="policy" value="es-1"' in carla_client.get("/account/consents/").content.decode()
    publish("Otro texto")
    sent = {"shown": "es", "offered": ["email.marketing"], "email.marketing": "on"}
    carla_client.post("/account/consents/", sent | {"policy": "es-1"})
    assert ConsentEvent.objects.get().policy_version == "es-1"
    carla_client.post("/account/consents/", {"shown": "es", "offered": ["email.marketing"]})
    assert ConsentEvent.objects.latest("id").policy_version == "es-2"


def test_a_receipt_says_everything_and_anybody_can_check_it(make_customer, ana_client):
    publish()
    person = make_customer("rayen@correo.example", first_name="Rayén")
    proof = Proof(wording="Sí, quiero", policy_version="es-1", evidence="Ficha 7", ip="203.0.113.9")
    event = consent_record(
        customer=person, channel="email", value="granted", source="form", proof=proof
    )
    url = reverse("consents:receipt", args=[person.public_id, event.pk])
    assert "The seal is set within a minute." in ana_client.get(url).content.decode()
    consent_seal()
    page = html.unescape(ana_client.get(url).content.decode())
    for text in ("“Sí, quiero”", "Ficha 7", "203.0.113.9", "Version es-1", "It holds"):
        assert text in page
    seal = re.search(r"<code>(\w{64})</code>", page)
    assert seal is not None
    line, personal = re.findall(r'<pre tabindex="0">(.*?)</pre>', page)
    assert hashlib.sha256(line.encode()).hexdigest() == seal[1]
    assert hashlib.sha256(personal.encode()).hexdigest() in line
    pdf = ana_client.get(reverse("consents:receipt_pdf", args=[person.public_id, event.pk]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_receipt_is_for_its_person_alone(carla, carla_client, make_customer):
    mine = consent_record(
        customer=carla.customer, channel="email", value="granted", source="account"
    )
    other = make_customer("otra@correo.example")
    theirs = consent_record(customer=other, channel="email", value="granted", source="account")
    assert carla_client.get(reverse("account:receipt", args=[theirs.pk])).status_code == 404
    assert carla_client.get(reverse("account:receipt_pdf", args=[theirs.pk])).status_code == 404
    link = reverse("account:receipt", args=[mine.pk])
    assert link in carla_client.get("/account/consents/").content.decode()
    assert carla_client.get(link).status_code == 200
    pdf = carla_client.get(reverse("account:receipt_pdf", args=[mine.pk]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_receipt_of_a_merged_record_is_found_at_its_survivor(make_customer, ana, ana_client):
    first, second = make_customer("a@correo.example"), make_customer("b@correo.example")
    event = consent_record(customer=second, channel="email", value="granted", source="form")
    customers_merge(survivor=first, loser=second, by=ana)
    url = reverse("consents:receipt", args=[Customer.objects.get(pk=first.pk).public_id, event.pk])
    assert ana_client.get(url).status_code == 200
