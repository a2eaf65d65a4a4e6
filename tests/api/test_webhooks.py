"""Webhooks: told at least once, in order per person, signed, retried, switched off, sent again."""

import base64
import hashlib
import hmac
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from config.kit import clock, http, outbox
from config.kit.api import signing
from config.kit.api.delivering import LEASE, RETRIES, deliver
from config.kit.api.models import Webhook, WebhookAttempt, WebhookMessage
from config.kit.api.services.webhooks import (
    message_send_again,
    messages_forget,
    webhook_create,
    webhook_disable,
    webhook_enable,
    webhook_rotate,
    webhook_test_send,
)
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, Notice
from config.supervisor.machine import free_port
from customers.events import CustomersImported
from customers.models import Customer, ImportBatch, ImportChange, User
from customers.services.profile import customer_create, customer_update
from customers.services.status import customer_restore, customer_trash
from customers.webhooks import EVENTS, tell_of_import
from tests.api.receiver import Receiver

pytestmark = pytest.mark.feature("J22")
WORKER = Path(__file__).with_name("webhook_worker.py")


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_LOCAL = True
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def make_hook(ana: User, receiver: Receiver) -> Callable[..., tuple[Webhook, str]]:
    def make(**values: Any) -> tuple[Webhook, str]:
        wanted = {"name": "Shop", "url": receiver.url, "events": list(EVENTS)} | values
        return webhook_create(**wanted, by=ana)

    return make


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As a receiver does it, without our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{made}" in headers["webhook-signature"].split(" ")


def test_the_signature_is_that_of_the_published_example():
    assert (
        signing.signature(
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_what_happens_to_a_person_is_told_in_order(receiver: Receiver, make_hook: Any):
    hook, secret = make_hook()
    rosa = customer_create(profile={"email": "rosa@x.cl", "first_name": "Rosa"})
    customer_update(customer=rosa, version=1, profile={"first_name": "Rosa María"})
    customer_trash(customer=rosa)
    customer_restore(customer=rosa)
    outbox.dispatch()
    assert WebhookMessage.objects.count() == 4
    while deliver():
        continue
    assert [one["type"] for one in receiver.bodies()] == [
        "customer.created",
        "customer.updated",
        "customer.deleted",
        "customer.restored",
    ]
    headers, body = receiver.got[0]
    assert verified(headers, body, secret)
    assert headers["content-type"] == "application/json"
    assert receiver.bodies()[0]["data"] == {
        "id": str(rosa.public_id),
        "version": 4,
        "url": f"http://127.0.0.1:8000/api/v1/customers/{rosa.public_id}",
    }
    assert b"rosa@x.cl" not in body
    assert set(WebhookMessage.objects.values_list("state", "attempts")) == {("delivered", 1)}
    hook.refresh_from_db()
    assert hook.delivered_at is not None


def test_only_what_was_asked_for_is_told(receiver: Receiver, make_hook: Any):
    make_hook(events=["customer.deleted"])
    off, _secret = make_hook(name="Off")
    webhook_disable(webhook=off)
    rosa = customer_create(profile={"email": "rosa@x.cl"})
    customer_trash(customer=rosa)
    outbox.dispatch()
    assert list(WebhookMessage.objects.values_list("event", flat=True)) == ["customer.deleted"]


def test_an_import_is_told_person_by_person(
    receiver: Receiver, make_hook: Any, make_customer: Callable[..., Customer]
):
    make_hook()
    batch = ImportBatch.objects.create(file_name="a.csv")
    for line, is_creation in ((2, True), (3, False)):
        ImportChange.objects.create(
            batch=batch,
            customer=make_customer(f"p{line}@x.cl"),
            line=line,
            is_creation=is_creation,
            version_after=1,
        )
    tell_of_import(CustomersImported(batch_id=batch.pk))
    told = WebhookMessage.objects.order_by("id").values_list("event", "payload__data__version")
    assert list(told) == [("customer.created", 1), ("customer.updated", 1)]


def test_a_refused_message_is_tried_again_and_holds_back_only_its_person(
    receiver: Receiver, make_hook: Any
):
    _hook, _secret = make_hook()
    receiver.answers = [500]
    now = clock.now()
    with time_machine.travel(now, tick=False) as travel:
        rosa = customer_create(profile={"email": "rosa@x.cl"})
        outbox.dispatch()
        assert deliver() == 1
        message = WebhookMessage.objects.get()
        assert (message.state, message.attempts) == ("pending", 1)
        wait = message.due_at - now
        assert RETRIES[0] <= wait <= RETRIES[0] * 1.1
        customer_update(customer=rosa, version=1, profile={"city": "Lota"})
        customer_create(profile={"email": "pepe@x.cl"})
        outbox.dispatch()
        assert deliver() == 0
        travel.shift(timedelta(seconds=3))
        assert deliver() == 1
        assert receiver.bodies()[-1]["data"]["version"] == 1
        travel.shift(timedelta(seconds=3))
        assert [deliver(), deliver(), deliver()] == [1, 1, 0]
    sent = [headers["webhook-id"] for headers, _body in receiver.got]
    assert sent[0] == sent[2] == message.wire_id
    assert len(set(sent)) == 3
    tries = WebhookAttempt.objects.filter(message=message).order_by("at")
    assert [one.status for one in tries] == [500, 200]
    assert tries[0].response_body == "thanks"
    assert tries[0].request_headers["webhook-id"] == message.wire_id


def test_who_takes_nothing_for_three_days_is_switched_off_and_staff_is_told(
    receiver: Receiver, make_hook: Any, ana: User, beto: User
):
    hook, _secret = make_hook()
    receiver.answers = [503] * 30
    webhook_test_send(webhook=hook)
    start = clock.now()
    for _try in range(len(RETRIES) + 1):
        message = WebhookMessage.objects.get()
        with time_machine.travel(message.due_at + timedelta(seconds=301), tick=False):
            assert deliver() == 1
    hook.refresh_from_db()
    message = WebhookMessage.objects.get()
    assert (message.state, message.attempts) == ("failed", 10)
    assert message.settled_at is not None
    assert message.settled_at - start > timedelta(days=3)
    assert hook.disabled_reason == "exhausted"
    assert AuditEntry.objects.get(action="api.webhook.disabled").actor_label == ""
    assert list(Notice.objects.values_list("user__email", flat=True)) == [ana.email]
    assert deliver() == 0
    message_send_again(message=message)
    webhook_enable(webhook=hook, by=ana)
    receiver.answers = []
    assert deliver() == 1
    assert WebhookMessage.objects.get().state == "delivered"
    assert {headers["webhook-id"] for headers, _body in receiver.got} == {message.wire_id}


def test_an_address_that_is_gone_is_switched_off_at_once(receiver: Receiver, make_hook: Any):
    hook, _secret = make_hook()
    receiver.answers = [410]
    webhook_test_send(webhook=hook)
    deliver()
    hook.refresh_from_db()
    assert hook.disabled_reason == "gone"


def test_a_redirect_is_not_followed(receiver: Receiver, make_hook: Any):
    hook, _secret = make_hook()
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    webhook_test_send(webhook=hook)
    deliver()
    assert len(receiver.got) == 1
    assert WebhookAttempt.objects.get().status == 302
    assert WebhookMessage.objects.get().state == "pending"


def test_for_a_day_two_secrets_sign(receiver: Receiver, make_hook: Any):
    hook, old = make_hook()
    assert old not in str(Webhook.objects.values().get())
    new = webhook_rotate(webhook=hook)
    webhook_test_send(webhook=hook)
    deliver()
    assert verified(*receiver.got[0], old)
    assert verified(*receiver.got[0], new)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        webhook_test_send(webhook=hook)
        deliver()
    assert not verified(*receiver.got[1], old)
    assert verified(*receiver.got[1], new)


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/x", "https://", "ftp://x.cl/", "https://u:p@x.cl/", "https://x.cl:99999/",
     "javascript:alert(1)", "https://x.cl/ a", "x"],
)  # fmt: skip
def test_an_address_that_we_do_not_call_is_refused(ana: User, url: str):
    with pytest.raises(DomainError) as refused:
        webhook_create(name="Shop", url=url, events=["customer.created"], by=ana)
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/",
     "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://0x7f000001/", "https://2130706433/",
     "https://nowhere.invalid/"],
)  # fmt: skip
def test_no_private_place_is_called(ana: User, url: str):
    hook, _secret = webhook_create(name="Shop", url=url, events=["customer.created"], by=ana)
    webhook_test_send(webhook=hook)
    assert deliver() == 1
    attempt = WebhookAttempt.objects.get()
    assert attempt.status is None
    assert attempt.problem.endswith(("is not a public address.", "cannot be found."))


def test_an_address_where_nobody_listens_is_told_in_words():
    with pytest.raises(http.RequestFailed) as failed:
        http.request("POST", f"http://127.0.0.1:{free_port(19000)}/", allow_local=True)
    assert str(failed.value) == "No connection could be made."


def test_only_this_machine_is_let_in_by_the_setting_for_development():
    with pytest.raises(http.RequestRefused):
        http.request("POST", "http://10.0.0.1/", allow_local=True)
    with pytest.raises(http.RequestRefused):
        http.request("POST", "http://127.0.0.1/")


def test_the_log_goes_back_thirty_days(receiver: Receiver, make_hook: Any):
    hook, _secret = make_hook()
    webhook_test_send(webhook=hook)
    deliver()
    webhook_test_send(webhook=hook)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert messages_forget() == 2
    assert WebhookMessage.objects.get().state == "pending"


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(receiver: Receiver, make_hook: Any):
    hook, _secret = make_hook()
    webhook_test_send(webhook=hook)
    receiver.gate.clear()
    name = str(connection.settings_dict["NAME"])
    worker = subprocess.Popen(
        [sys.executable, str(WORKER)], env=os.environ | {"HOOK_DATABASE": name}
    )
    try:
        assert receiver.arrived.wait(240)
    finally:
        worker.kill()
        worker.wait()
    receiver.gate.set()
    assert WebhookMessage.objects.get().state == "pending"
    assert deliver() == 0
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        assert deliver() == 1
    assert WebhookMessage.objects.get().state == "delivered"
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_staff_makes_tries_and_reads_a_webhook(
    receiver: Receiver, ana_client: Client, beto_client: Client, ana: User, prove: Any
):
    pages = "/backoffice/programs/webhooks/"
    assert beto_client.get(pages).status_code == 403
    prove(ana_client)
    sent = {"name": "Shop", "url": receiver.url, "events": ["customer.created"]}
    wrong = ana_client.post(f"{pages}new/", sent | {"url": "x"})
    assert wrong.status_code == 422
    assert "Write an https address" in wrong.content.decode()
    made = ana_client.post(f"{pages}new/", sent)
    assert "whsec_" in made.content.decode()
    hook = Webhook.objects.get()
    assert "whsec_" not in ana_client.get(f"{pages}{hook.public_id}/").content.decode()
    tried = ana_client.post(f"{pages}{hook.public_id}/test/")
    deliver()
    page = ana_client.get(tried["Location"]).content.decode()
    assert "webhook-signature" in page
    assert '<div class="is-long"><dt>webhook-id' in page
    log = ana_client.get(f"{pages}{hook.public_id}/").content.decode()
    assert '<div class="is-long"><dt>Address' in log
    tabs = ana_client.get(f"{pages}{hook.public_id}/?tabs=1").content.decode()
    assert re.findall(r'<span class="count num">(\d+)<', tabs) == ["1", "0", "0"]
    assert "thanks" in page
    again = ana_client.post(f"{tried['Location']}again/")
    assert again["Location"] == tried["Location"]
    assert WebhookMessage.objects.get().state == "pending"
    changed = ana_client.post(
        f"{pages}{hook.public_id}/edit/", sent | {"name": "Store", "version": "1"}
    )
    assert changed.status_code == 302
    late = ana_client.post(f"{pages}{hook.public_id}/edit/", sent | {"version": "1"})
    assert late.status_code == 422
    rotated = ana_client.post(f"{pages}{hook.public_id}/secret/", {"confirmed": "1"})
    assert "whsec_" in rotated.content.decode()
    ana_client.post(f"{pages}{hook.public_id}/off/")
    assert "Switched off by staff" in ana_client.get(pages).content.decode()
    ana_client.post(f"{pages}{hook.public_id}/delete/", {"confirmed": "1"})
    assert Webhook.objects.count() == 0
    assert set(AuditEntry.objects.filter(actor_id=ana.pk).values_list("action", flat=True)) >= {
        f"api.webhook.{verb}" for verb in ("created", "updated", "rotated", "disabled", "deleted")
    }


def test_staff_makes_and_revokes_a_token(ana_client: Client, prove: Any):
    pages = "/backoffice/programs/"
    prove(ana_client, at=0)
    asked = ana_client.post(f"{pages}new/", {"name": "ERP"})
    assert asked.status_code == 403
    prove(ana_client)
    empty = ana_client.post(f"{pages}new/", {"name": "ERP", "per_minute": "600"})
    assert empty.status_code == 422
    sent = {"name": "ERP", "per_minute": "600", "scopes": ["customers:read"],
            "once": "00000000-0000-4000-8000-000000000001"}  # fmt: skip
    page = ana_client.post(f"{pages}new/", sent).content.decode()
    text = page.split('data-copy="')[1].split('"')[0]
    called = Client().get("/api/v1/customers", headers={"authorization": f"Bearer {text}"})
    assert called.status_code == 200
    twice = ana_client.post(f"{pages}new/", sent)
    assert twice["Location"] == pages
    listed = ana_client.get(pages).content.decode()
    assert text not in listed
    assert "Read customers" in listed
    revoke = listed.split("/revoke/")[0].split('href="')[-1]
    assert ana_client.post(f"{revoke}/revoke/", {"confirmed": "1"})["Location"] == pages
    called = Client().get("/api/v1/customers", headers={"authorization": f"Bearer {text}"})
    assert called.status_code == 401
