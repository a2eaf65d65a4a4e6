"""The tabs of a record that apps above fill, its timeline page by page, and what is left of an erased one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import Client

from config.kit import clock
from customers import registry
from customers.merging.services import customers_merge
from customers.models import Customer, User
from customers.privacy.services import erasure_run, erasure_schedule
from customers.registry import TabSource
from customers.selectors.timeline import TimelineFilter, timeline_of
from customers.services.temporary_passwords import password_assign

pytestmark = pytest.mark.django_db
TABS = [
    pytest.param("forms", "answered_forms", "No forms answered yet", marks=pytest.mark.feature("US08")),
    pytest.param("orders", "purchases", "No orders yet", marks=pytest.mark.feature("US09")),
    pytest.param(
        "login", "credentials", "linked no account", marks=pytest.mark.feature("US10")
    ),
]  # fmt: skip


@pytest.fixture
def from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an app above does: a template of its own and a place in a slot."""
    (tmp_path / "outside.html").write_text("<p>{{ part.said }} · {{ record.first_name }}</p>")
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    monkeypatch.setattr(backend.engine, "dirs", [*backend.engine.dirs, tmp_path])
    for loader in backend.engine.template_loaders:
        loader.reset()
    asked: list[int] = []

    def plug(slot: str, *, count: int, permission: str = "") -> list[int]:
        def context(request: Any, customer: Customer) -> dict[str, Any]:
            asked.append(customer.pk)
            return {"said": f"{request.user} asks"}

        source = TabSource(
            template="outside.html",
            context=context,
            count=lambda _customer: count,
            permission=permission,
        )
        known = getattr(registry, slot)
        monkeypatch.setattr(known, "_values", {**dict(known.items()), "outside": source})
        return asked

    return plug


def tab(client: Client, customer: Customer, key: str) -> str:
    answer = client.get(f"/backoffice/customers/{customer.public_id}/{key}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("key", "slot", "words"), TABS)
def test_a_tab_shows_what_an_app_above_has_or_says_that_there_is_nothing(
    key: str, slot: str, words: str, make_customer, ana_client, beto_client, from_outside
) -> None:
    person = make_customer("rayen@correo.example", first_name="Rayén")
    assert words in tab(ana_client, person, key)
    asked = from_outside(slot, count=0)
    assert words in tab(ana_client, person, key)
    from_outside(slot, count=7, permission="customers.delete_customer")
    assert words in tab(beto_client, person, key)
    assert asked == []
    tab(ana_client, person, "details")
    assert asked == []
    text = tab(ana_client, person, key)
    assert "Ana Millaray asks · Rayén" in text
    assert words not in text
    assert asked == [person.pk]
    from_outside(slot, count=7)
    shown = tab(ana_client, person, "details")
    assert ('<span class="count num">7</span>' in shown) == (key != "login")


@pytest.mark.feature("O2", "O8", "US07")
def test_a_long_timeline_is_read_to_its_end_each_entry_once(
    make_customer, django_assert_num_queries
) -> None:
    person = make_customer("rayen@correo.example")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_activity (customer_id, kind, occurred_at, data) "
            "SELECT %s, CASE WHEN n %% 2 = 0 THEN 'login' ELSE 'profile_updated' END, "
            "now() - (n / 3) * interval '1 minute', '{}' FROM generate_series(1, 10050) AS n",
            [person.pk],
        )

    def walk(group: str) -> list[str]:
        keys, after = [], ""
        while True:
            page = timeline_of(person, TimelineFilter(group=group, after=after))
            keys += [one.key for one in page.entries]
            after = page.cursor
            if not after:
                return keys

    whole, visits = walk(""), walk("visits")
    assert (len(whole), len(set(whole))) == (10050, 10050)
    assert (len(visits), set(visits) < set(whole)) == (5025, True)
    with django_assert_num_queries(2):
        timeline_of(person, TimelineFilter())


@pytest.mark.feature("O2", "E34")
def test_an_erased_record_answers_in_words_and_a_merged_one_leads_on(
    make_customer, ana: User, ana_client: Client
) -> None:
    stays, goes = make_customer("una@correo.example"), make_customer("otra@correo.example")
    customers_merge(survivor=stays, loser=goes, by=ana)
    url = f"/backoffice/customers/{goes.public_id}/"
    assert ana_client.get(url)["Location"] == f"/backoffice/customers/{stays.public_id}/"
    erasure_run(erasure=erasure_schedule(customer=stays, ground="request", by=ana), by=ana)
    for one in (stays, goes):
        answer = ana_client.get(f"/backoffice/customers/{one.public_id}/")
        assert answer.status_code == 410
        assert "This person was erased" in answer.content.decode()
        assert "una@correo" not in answer.content.decode()
    assert ana_client.get(f"/backoffice/customers/{stays.public_id}/edit/").status_code == 404


@pytest.mark.feature("US10")
def test_the_state_of_a_password_is_told(make_customer, ana: User, ana_client, carla) -> None:
    nobody = make_customer("sin@correo.example")
    assert "None yet" in tab(ana_client, nobody, "login")
    assert "No account yet" in tab(ana_client, nobody, "login")
    person = carla.customer
    page = tab(ana_client, person, "login")
    assert ("Set" in page, "Temporary" in page) == (True, False)
    password_assign(customer=person, by=ana)
    assert "Temporary, not changed yet" in tab(ana_client, person, "login")
    User.objects.filter(pk=carla.pk).update(password_expires_at=clock.now() - timedelta(seconds=1))
    assert "Temporary, and over" in tab(ana_client, person, "login")
    Customer.objects.filter(pk=person.pk).update(status="disabled")
    assert "the status of the record forbids it" in tab(ana_client, person, "login")
