"""The way in for programs: tokens, scopes, limits, keys, problems."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from config.kit import clock
from config.kit.api.models import ApiAnswer, ApiToken
from config.kit.api.services.answers import answers_forget
from config.kit.api.services.tokens import token_create, token_of, token_revoke
from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import Activity, Customer, Tag, User
from tests.answers import Answer
from tests.api.conftest import Program

pytestmark = pytest.mark.feature("J22")


def problem(answer: Answer) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == "urn:clientela:problem:" + body["code"].replace("_", "-")
    return body


def test_a_token_is_kept_as_a_digest_only(ana: User):
    token, text = token_create(name="ERP", wanted=["customers:read"], by=ana)
    assert text.startswith(token.prefix + "_")
    secret = text.removeprefix(token.prefix)
    stored = str(ApiToken.objects.values().get())
    assert secret not in stored
    assert token_of(text) == token
    assert token_of(text[:-1]) is None
    assert token_of("") is None
    entry = AuditEntry.objects.get(action="api.token.created")
    assert secret not in str(entry.data)
    assert entry.actor_id == ana.pk


def test_nobody_allows_a_program_what_they_may_not_do(beto: User):
    with pytest.raises(DomainError) as refused:
        token_create(name="ERP", wanted=["customers:write"], by=beto)
    assert refused.value.code == "scope_not_held"
    assert ApiToken.objects.count() == 0
    assert token_create(name="BI", wanted=["customers:read"], by=beto)[0].scopes == [
        "customers:read"
    ]


def test_without_a_live_token_nothing_opens(ana: User, make_program: Callable[..., Program]):
    assert problem(Client().get("/api/v1/customers"))["code"] == "token_invalid"
    answer = Program("clientela_00000000_x").get("/customers")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    expiring = make_program(expires_at=clock.now() + timedelta(days=1))
    assert expiring.get("/tags").status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        assert expiring.get("/tags").status_code == 401
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    assert token_revoke(token=token, by=ana) is True
    assert token_revoke(token=token, by=ana) is False
    assert expiring.get("/tags").status_code == 401


def test_a_session_of_staff_opens_nothing(ana_client: Client, carla_client: Client):
    for client in (ana_client, carla_client):
        assert client.get("/api/v1/customers").status_code == 401
        answer = client.post("/api/v1/tags", {"name": "vip"}, content_type="application/json")
        assert answer.status_code == 401
    assert Tag.objects.count() == 0


def test_a_token_does_only_what_its_scopes_say(make_program: Callable[..., Program]):
    reader = make_program("labels:read")
    assert reader.get("/tags").json() == []
    refused = reader.post("/tags", {"name": "vip"})
    assert problem(refused)["code"] == "scope_missing"
    assert refused.status_code == 403
    assert reader.get("/customers").status_code == 403
    assert Tag.objects.count() == 0


def test_each_answer_says_what_is_left_and_too_many_are_refused(
    make_program: Callable[..., Program],
):
    with time_machine.travel("2026-11-28T12:00:21Z", tick=False):
        program = make_program(per_minute=2)
        first = program.get("/tags")
        assert first["RateLimit-Policy"] == '"default";q=2;w=60'
        assert first["RateLimit"] == '"default";r=1;t=63'
        assert program.get("/tags").status_code == 200
        third = program.post("/tags", {"name": "vip"})
        assert (third.status_code, third["Retry-After"]) == (429, "63")
        assert problem(third)["code"] == "too_many_requests"
        assert Tag.objects.count() == 0
    with time_machine.travel("2026-11-28T12:01:24Z", tick=False):
        assert program.post("/tags", {"name": "vip"}).status_code == 201


def test_who_guesses_tokens_is_slowed_down(db: None):
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False):
        statuses = [Program(f"clientela_{n:08}_x").get("/tags").status_code for n in range(62)]
    assert statuses[:60] == [401] * 60
    assert statuses[60:] == [429] * 2


def test_one_key_has_one_effect_and_gives_the_first_answer(program: Program):
    first = program.post("/customers", {"email": "rosa@x.cl"}, idempotency_key="order-1")
    again = program.post("/customers", {"email": "rosa@x.cl"}, idempotency_key="order-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["ETag"] == first["ETag"]
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Customer.objects.count() == 1
    assert Activity.objects.filter(kind="customer_created").count() == 1
    assert "rosa" not in str(ApiAnswer.objects.values().get())


def test_a_key_for_another_request_is_refused(program: Program):
    program.post("/tags", {"name": "vip"}, idempotency_key="k")
    other = program.post("/tags", {"name": "vap"}, idempotency_key="k")
    assert (other.status_code, problem(other)["code"]) == (422, "key_reused")
    assert [tag.name for tag in Tag.objects.all()] == ["vip"]


def test_a_key_belongs_to_its_token_and_lives_for_a_day(make_program: Callable[..., Program]):
    one, two = make_program(), make_program()
    assert one.post("/tags", {"name": "vip"}, idempotency_key="k").status_code == 201
    assert two.post("/tags", {"name": "vip"}, idempotency_key="k").status_code == 409
    assert answers_forget() == 0
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert answers_forget() == 1


def test_a_refused_request_keeps_nothing_of_its_key(program: Program):
    wrong = program.post("/customers", {"email": "rosa"}, idempotency_key="k")
    assert wrong.status_code == 422
    right = program.post("/customers", {"email": "rosa@x.cl"}, idempotency_key="k")
    assert right.status_code == 201


def test_each_wrong_value_has_its_pointer(program: Program):
    answer = program.post(
        "/customers",
        {
            "email": "rosa@",
            "birthday": "1992-02-30",
            "custom": {"shoe": 38},
            "lifecycle": "customer",
        },
    )
    body = problem(answer)
    assert (answer.status_code, body["code"]) == (422, "invalid")
    assert {one["pointer"]: one["code"] for one in body["errors"]} == {
        "/email": "email_no_domain",
        "/birthday": "date_impossible",
        "/custom/shoe": "custom_field_unknown",
    }
    assert Customer.objects.count() == 0


def test_the_shape_is_checked_with_pointers_too(program: Program):
    answer = program.post(
        "/customers",
        {"emial": "rosa@x.cl", "lifecycle": "boss", "external_ids": [{"system": "erp"}]},
    )
    assert {one["pointer"]: one["detail"] for one in problem(answer)["errors"]} == {
        "/emial": "There is no such value.",
        "/lifecycle": "Choose one of: 'lead' or 'customer'.",
        "/external_ids/0/value": "This value is required.",
    }
    query = program.get("/customers?limit=1000&stage=boss&nonsense=1")
    assert {one["pointer"] for one in problem(query)["errors"]} == {"?limit", "?stage"}
    assert {one["pointer"] for one in problem(program.get("/customers?nonsense=1"))["errors"]} == {
        "?nonsense"
    }


def test_what_is_no_json_too_large_or_nowhere_is_said_so(program: Program):
    broken = program.client.generic(
        "POST", "/api/v1/tags", b"{", content_type="application/json", headers=program.headers
    )
    assert (broken.status_code, problem(broken)["code"]) == (400, "json_invalid")
    large = program.client.generic(
        "POST",
        "/api/v1/tags",
        b" " * (2 * 1024 * 1024 + 1),
        content_type="application/json",
        headers=program.headers,
    )
    assert (large.status_code, problem(large)["code"]) == (413, "body_too_large")
    assert problem(program.get("/nowhere"))["code"] == "address_unknown"
    assert problem(program.get("/customers/1"))["code"] == "address_unknown"
    wrong = program.call("put", "/tags", {})
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, POST")
    assert problem(wrong)["code"] == "method_not_allowed"


def test_a_write_says_which_program_it_was(program: Program):
    program.post("/customers", {"email": "rosa@x.cl"})
    entry = AuditEntry.objects.get(action="customers.customer.created")
    assert (entry.actor_id, entry.actor_label, entry.origin) == (None, "ERP", "api")
    assert entry.ip == "127.0.0.1"
    assert Activity.objects.get(kind="customer_created").origin == "api"
    assert Customer.objects.get().source == "api"
