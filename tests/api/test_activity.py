"""Own kinds of activity: told by programs, once each, counted by targets."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from customers.models import Activity, Customer
from customers.models.programs import ActivityReceipt, OwnActivityKind
from customers.services.own_activity import activity_receipts_forget
from targets.reading import rule_from_json
from targets.selectors.evaluation import count
from tests.api.conftest import Program

pytestmark = pytest.mark.feature("M1")


@pytest.fixture
def visit(program: Program) -> str:
    sent = {"label": "Visita a la tienda", "label_en": "Visit to the shop"}
    assert program.call("put", "/activity/kinds/store_visit", sent).status_code == 201
    return "store_visit"


def test_a_kind_is_made_once_and_can_be_called_otherwise(program: Program, visit: str):
    again = program.call("put", f"/activity/kinds/{visit}", {"label": "Visita"})
    assert (again.status_code, again.json()["label"]) == (200, "Visita")
    assert [one["key"] for one in program.get("/activity/kinds").json()] == [visit]
    assert program.call("put", "/activity/kinds/Store-Visit", {"label": "x"}).status_code == 422


def test_events_stand_in_the_ledger_with_their_time_and_that_of_receipt(
    program: Program, visit: str, make_customer: Callable[..., Customer]
):
    ana = make_customer("ana@x.cl")
    ana.external_ids.create(system="erp", value="C-1")
    gone = make_customer("", first_name="Rosa", merged_into=ana)
    events = [
        {"kind": visit, "email": "ANA@x.cl", "occurred_at": "2026-10-01T12:00:00-03:00",
         "data": {"shop": "Lastarria", "minutes": 12}},
        {"kind": visit, "external_id": {"system": "erp", "value": "C-1"}},
        {"kind": visit, "customer_id": str(gone.public_id)},
    ]  # fmt: skip
    assert program.post("/activity", {"events": events}).json() == {
        "received": 3,
        "recorded": 3,
        "repeated": 0,
    }
    rows = list(Activity.objects.filter(kind="own.store_visit").order_by("occurred_at"))
    assert {row.customer_id for row in rows} == {ana.pk}
    assert rows[0].occurred_at == datetime(2026, 10, 1, 15, tzinfo=UTC)
    assert rows[0].data["values"] == {"shop": "Lastarria", "minutes": 12}
    assert datetime.fromisoformat(rows[0].data["received_at"]) >= rows[0].occurred_at
    assert (rows[0].origin, rows[0].data["program"]) == ("api", "ERP")


def test_an_event_with_an_id_is_recorded_once(
    program: Program, visit: str, make_customer: Callable[..., Customer]
):
    make_customer("ana@x.cl")
    event = {"kind": visit, "email": "ana@x.cl", "id": "v-1"}
    first = program.post("/activity", {"events": [event, event, event | {"id": "v-2"}]}).json()
    assert first == {"received": 3, "recorded": 2, "repeated": 1}
    second = program.post("/activity", {"events": [event, event | {"id": ""}]}).json()
    assert second == {"received": 2, "recorded": 1, "repeated": 1}
    assert Activity.objects.filter(kind="own.store_visit").count() == 3
    assert activity_receipts_forget() == 0


def test_a_batch_is_recorded_whole_or_not_at_all(
    program: Program, visit: str, make_customer: Callable[..., Customer]
):
    make_customer("ana@x.cl")
    good = {"kind": visit, "email": "ana@x.cl", "id": "v-1"}
    answer = program.post(
        "/activity",
        {
            "events": [
                good,
                good | {"kind": "nothing", "id": "v-2"},
                {"kind": visit, "email": "nobody@x.cl"},
                {"kind": visit},
                good | {"occurred_at": "2099-01-01T00:00:00Z"},
            ]
        },
    )
    assert answer.status_code == 422
    assert {one["pointer"]: one["code"] for one in answer.json()["errors"]} == {
        "/events/1/kind": "kind_unknown",
        "/events/2/email": "customer_unknown",
        "/events/3/customer_id": "customer_missing",
        "/events/4/occurred_at": "in_the_future",
    }
    assert Activity.objects.filter(kind="own.store_visit").count() == 0
    assert ActivityReceipt.objects.count() == 0
    assert program.post("/activity", {"events": [good] * 1001}).status_code == 422


def test_nobody_forges_what_the_product_itself_writes(
    program: Program, visit: str, make_customer: Callable[..., Customer]
):
    make_customer("ana@x.cl")
    for kind in ("login", "consent_granted", "own.store_visit"):
        answer = program.post("/activity", {"events": [{"kind": kind, "email": "ana@x.cl"}]})
        assert answer.status_code == 422
    assert Activity.objects.exclude(kind="own.store_visit").filter(kind="login").count() == 0


@pytest.mark.feature("TG14")
def test_it_reads_on_the_timeline_and_a_target_counts_it(
    program: Program, visit: str, make_customer: Callable[..., Customer], ana_client: Client
):
    ana = make_customer("ana@x.cl")
    make_customer("otra@x.cl")
    event = {"kind": visit, "email": "ana@x.cl", "data": {"shop": "Lastarria"}}
    program.post("/activity", {"events": [event] * 2})
    page = ana_client.get(f"/backoffice/customers/{ana.public_id}/activity/").content.decode()
    assert "Visit to the shop" in page
    assert "shop: Lastarria · ERP" in page
    leaf = {"filter": "activity_count", "kinds": ["own.store_visit"], "op": "gte", "value": 2}
    assert count(rule_from_json({"version": 1, "rule": leaf})) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_event_at_once_record_it_once(
    program: Program, visit: str, make_customer: Callable[..., Customer]
):
    make_customer("ana@x.cl")
    event = {"kind": visit, "email": "ana@x.cl", "id": "v-1"}
    answers: list[int] = []

    def send() -> None:
        try:
            sender = Program(program.text)
            answers.append(sender.post("/activity", {"events": [event]}).json()["recorded"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [0, 0, 0, 1]
    assert Activity.objects.filter(kind="own.store_visit").count() == 1


def test_staff_name_a_kind_and_say_whether_it_counts(ana_client: Client, program: Program):
    url = "/backoffice/customers/activity-kinds/"
    sent = {"label": "Visita", "label_en": "Visit", "key": "Store Visit", "icon": "building-store"}
    wrong = ana_client.post(f"{url}new/", sent)
    assert wrong.status_code == 422
    assert "A key has small letters" in wrong.content.decode()
    assert ana_client.post(f"{url}new/", sent | {"key": "store_visit"}).status_code == 302
    taken = ana_client.post(f"{url}new/", sent | {"key": "store_visit", "label": "Otra"})
    assert "There is a kind with this key already." in taken.content.decode()
    [told] = program.get("/activity/kinds").json()
    assert told == {
        "key": "store_visit",
        "label": "Visita",
        "label_en": "Visit",
        "icon": "building-store",
        "is_interaction": False,
        "is_on": True,
    }
    program.call("put", "/activity/kinds/store_visit", {"label": "Visita a la tienda"})
    [told] = program.get("/activity/kinds").json()
    assert (told["label"], told["icon"]) == ("Visita a la tienda", "building-store")
    assert "does not count" in ana_client.get(url).content.decode()


def test_a_kind_that_is_off_is_refused_and_keeps_what_was_told(
    program: Program, visit: str, make_customer: Callable[..., Customer], ana_client: Client
):
    ana = make_customer("ana@x.cl")
    event = {"kind": visit, "email": "ana@x.cl"}
    program.post("/activity", {"events": [event]})
    kind = OwnActivityKind.objects.get()
    switch = f"/backoffice/customers/activity-kinds/{kind.pk}/switch/"
    ana_client.post(switch, {"confirmed": "1"})
    refused = program.post("/activity", {"events": [event]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "kind_off")
    page = ana_client.get(f"/backoffice/customers/{ana.public_id}/activity/").content.decode()
    assert "Visit to the shop" in page
    ana_client.post(switch, {"confirmed": "1"})
    assert program.post("/activity", {"events": [event]}).json()["recorded"] == 1


def test_two_who_change_a_kind_lose_nothing(program: Program, visit: str, ana_client: Client):
    url = f"/backoffice/customers/activity-kinds/{OwnActivityKind.objects.get().pk}/"
    page = ana_client.get(url)
    version = page.context["page"].version
    program.call("put", f"/activity/kinds/{visit}", {"label": "Paso por la tienda"})
    sent = {"label": "Visita larga", "label_en": "", "icon": "star", "version": version}
    asked = ana_client.post(url, sent)
    assert asked.status_code == 409
    assert OwnActivityKind.objects.get().label == "Paso por la tienda"
