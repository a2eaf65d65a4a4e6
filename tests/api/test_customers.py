"""People through the API: list, get, create, change, trash, tags, categories, notes, consents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.kit.models import AuditEntry
from customers.models import (
    Category,
    ConsentEvent,
    ConsentState,
    Customer,
    CustomField,
    ExternalId,
    Note,
    Tag,
    User,
)
from customers.services.codes import sharing_code_make
from customers.services.custom_fields import custom_field_create
from tests.api.conftest import Program

pytestmark = pytest.mark.feature("J22")
FULL = {
    "first_name": "María José",
    "last_name": "Etxeberria",
    "second_last_name": "Ñancupil",
    "email": "Maria.Jose@Correo.example",
    "phone": "+56 9 8765 4321",
    "id_type": "cl_rut",
    "id_number": "12.345.678-5",
    "gender": "female",
    "birthday": "--06-14",
    "city": "Donostia",
    "country": "CL",
    "language": "es",
    "lifecycle": "customer",
    "tags": ["vip", "Mayorista"],
    "categories": ["oro"],
    "external_ids": [{"system": "erp", "value": "C-1"}, {"system": "pos", "value": "9"}],
    "address": {"line1": "Av. Providencia 1", "city": "Santiago", "country": "CL"},
}


@pytest.fixture
def gold(db: None) -> Category:
    return Category.objects.create(code="oro", name="Oro")


def create(program: Program, **values: object) -> dict[str, Any]:
    answer = program.post("/customers", {"email": "rosa@x.cl"} | values)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_a_record_is_made_with_all_that_a_program_knows(program: Program, gold: Category):
    answer = program.post("/customers", FULL)
    assert answer.status_code == 201
    told = answer.json()
    customer = Customer.objects.get()
    assert told["id"] == str(customer.public_id)
    assert answer["Location"] == f"/api/v1/customers/{customer.public_id}"
    assert answer["ETag"] == f'"{customer.version}"'
    assert {name: told[name] for name in ("email", "phone", "id_number", "birthday")} == {
        "email": "Maria.Jose@Correo.example",
        "phone": "+56987654321",
        "id_number": "123456785",
        "birthday": "--06-14",
    }
    assert told["tags"] == ["Mayorista", "vip"]
    assert told["categories"] == [{"code": "oro", "name": "Oro"}]
    assert told["external_ids"] == FULL["external_ids"]
    assert told["addresses"][0]["line1"] == "Av. Providencia 1"
    assert told["addresses"][0]["is_main"] is True
    assert program.get(f"/customers/{told['id']}").json() == told
    assert program.get("/customers/by-external-id/pos/9").json() == told


def test_what_is_taken_names_its_place_and_nothing_is_made(program: Program, gold: Category):
    program.post("/customers", FULL)
    same_mail = program.post("/customers", {"email": "maria.jose@correo.example"})
    assert (same_mail.status_code, same_mail.json()["errors"][0]["pointer"]) == (409, "/email")
    assert same_mail.json()["holder"] == str(Customer.objects.get().public_id)
    same_code = program.post(
        "/customers",
        {
            "external_ids": [
                {"system": "erp", "value": "C-2"},
                {"system": "pos", "value": "9"},
            ]
        },
    )
    assert same_code.status_code == 409
    assert same_code.json()["errors"][0]["pointer"] == "/external_ids/1/value"
    nobody = program.post("/customers", {"first_name": "Rosa"})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "customer_needs_identity")
    unknown = program.post("/customers", {"email": "a@x.cl", "categories": ["oro", "plata"]})
    assert unknown.json()["errors"][0]["pointer"] == "/categories/1"
    no_street = program.post("/customers", {"email": "a@x.cl", "address": {"line1": " "}})
    assert no_street.json()["errors"][0]["pointer"] == "/address/line1"
    assert Customer.objects.count() == 1
    assert ExternalId.objects.count() == 2


def test_a_change_needs_the_version_that_was_read(program: Program):
    made = create(program, first_name="Rosa", city="Talca")
    address = f"/customers/{made['id']}"
    without = program.patch(address, {"first_name": "Rosa María"})
    assert (without.status_code, without.json()["code"]) == (428, "version_missing")
    changed = program.patch(address, {"first_name": "Rosa María"}, if_match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    late = program.patch(address, {"first_name": "Rosita"}, if_match='"1"')
    assert (late.status_code, late.json()["version"]) == (412, 2)
    assert Customer.objects.get().first_name == "Rosa María"
    assert program.patch(address, {"city": None}, if_match="*").json()["city"] == ""
    assert program.patch(address, {}, if_match='"3"').json()["version"] == 3


def test_a_change_leaves_what_it_does_not_name(program: Program, gold: Category, ana: User):
    for label, kind in (("Talla", "text"), ("Pies", "number")):
        custom_field_create(label=label, kind=kind, values={}, by=ana)
    made = create(program, custom={"talla": "M", "pies": 1.234}, phone="+56987654321")
    assert made["custom"] == {"talla": "M", "pies": 1.234}
    address = f"/customers/{made['id']}"
    sent = {"custom": {"talla": None}, "categories": ["oro"], "id_number": "12.345.678-5"}
    told = program.patch(address, sent, if_match="*").json()
    assert told["custom"] == {"pies": 1.234}
    assert told["phone"] == "+56987654321"
    assert told["categories"] == [{"code": "oro", "name": "Oro"}]
    wrong = program.patch(address, {"custom": {"pies": "many"}}, if_match="*")
    assert wrong.json()["errors"][0]["pointer"] == "/custom/pies"


def test_a_record_goes_to_the_trash_and_back(program: Program):
    made = create(program)
    trashed = program.post(f"/customers/{made['id']}/trash").json()
    assert trashed["trashed_at"] is not None
    assert program.get("/customers").json()["items"] == []
    assert [one["id"] for one in program.get("/customers?place=trash").json()["items"]] == [
        made["id"]
    ]
    assert program.post(f"/customers/{made['id']}/restore").json()["trashed_at"] is None
    actions = set(AuditEntry.objects.values_list("action", "origin"))
    assert {
        ("customers.customer.trashed", "api"),
        ("customers.customer.restored", "api"),
    } <= actions


def test_the_list_searches_and_filters_as_the_screen_does(program: Program, gold: Category):
    create(program, email="x.gonzalez@x.cl", last_name="González", tags=["vip"])
    create(program, email="agonzo@x.cl", first_name="Gonzo", lifecycle="customer")
    create(program, email="pepa@x.cl", last_name="Soto", categories=["oro"], city="Viña del Mar")

    def emails(query: str) -> list[str]:
        answer = program.get(f"/customers?sort=name&{query}")
        assert answer.status_code == 200, answer.content
        return sorted(one["email"] for one in answer.json()["items"])

    assert emails("q=%25gonz") == ["agonzo@x.cl", "x.gonzalez@x.cl"]
    assert emails("q=soto") == ["pepa@x.cl"]
    assert emails("tag=VIP") == ["x.gonzalez@x.cl"]
    assert emails("category=oro&city=vina") == ["pepa@x.cl"]
    assert emails("stage=customer") == ["agonzo@x.cl"]
    assert emails("consent=none") == ["agonzo@x.cl", "pepa@x.cl", "x.gonzalez@x.cl"]
    assert emails("registered_after=2099-01-01") == []
    assert program.get("/customers?count=true&stage=lead").json()["count"] == 2
    unknown = program.get("/customers?tag=nothing")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "?tag")
    wild = program.get("/customers?q=" + "%25a" * 40)
    assert (wild.status_code, wild.json()["errors"][0]["pointer"]) == (422, "?q")
    day = program.get("/customers?registered_after=tomorrow")
    assert day.status_code == 422


def test_pages_follow_each_other_by_cursor(program: Program):
    for n in range(5):
        create(program, email=f"p{n}@x.cl", first_name=f"P{n}")
    seen: list[str] = []
    after: str | None = ""
    for _page in range(3):
        page = program.get(f"/customers?sort=name&limit=2&after={after}").json()
        seen += [one["first_name"] for one in page["items"]]
        after = page["next"]
    assert seen == ["P0", "P1", "P2", "P3", "P4"]
    assert after is None
    back = program.get(f"/customers?sort=name&limit=2&before={page['previous']}").json()
    assert [one["first_name"] for one in back["items"]] == ["P2", "P3"]
    other = program.get(f"/customers?sort=-name&after={back['next']}")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "cursor_unknown")


def test_many_people_cost_as_many_queries_as_one(program: Program):
    create(program, email="p0@x.cl", tags=["a"], external_ids=[{"system": "e", "value": "0"}])
    with CaptureQueriesContext(
        connection,
    ) as one:
        program.get("/customers")
    for n in range(1, 12):
        create(program, email=f"p{n}@x.cl", tags=["a", f"t{n}"])
    with CaptureQueriesContext(connection) as twelve:
        assert len(program.get("/customers").json()["items"]) == 12
    assert len(twelve) == len(one)


def test_a_merged_record_answers_as_the_one_that_it_became(
    program: Program, make_customer: Callable[..., Customer]
):
    kept = make_customer("rosa@x.cl")
    gone = make_customer("", first_name="Rosa", merged_into=kept)
    assert program.get(f"/customers/{gone.public_id}").json()["id"] == str(kept.public_id)


def test_tags_and_categories_of_one_person(program: Program, gold: Category):
    made = create(program)
    address = f"/customers/{made['id']}"
    assert program.post(f"{address}/tags", {"names": ["vip", "VIP"]}).json()["tags"] == ["vip"]
    tag = Tag.objects.get()
    assert program.call("delete", f"{address}/tags/{tag.pk}").json()["tags"] == []
    assert program.call("delete", f"{address}/tags/{tag.pk}").status_code == 200
    told = program.call("put", f"{address}/categories", {"codes": ["oro"]}).json()
    assert told["categories"] == [{"code": "oro", "name": "Oro"}]
    assert program.call("put", f"{address}/categories", {"codes": []}).json()["categories"] == []
    wrong = program.call("put", f"{address}/categories", {"codes": ["plata"]})
    assert wrong.json()["errors"][0]["pointer"] == "/codes/0"


def test_what_no_database_can_keep_is_refused_not_an_error(program: Program):
    for text in ("a\0b", "half \ud800"):
        for body in ({"email": "a@x.cl", "first_name": text}, {"custom": {text: "x"}}):
            answer = program.post("/customers", body)
            assert answer.status_code == 422, answer.content
    assert program.get("/customers?category=%00").status_code == 400
    assert program.get("/customers/by-external-id/erp/%00").status_code == 400
    assert Program("clientela_\u00e9_x").get("/tags").status_code == 401


@pytest.mark.feature("J17", "J20")
def test_tags_and_categories_themselves(program: Program):
    tag = program.post("/tags", {"name": "vip", "color": 2}).json()
    assert program.post("/tags", {"name": "VIP"}).status_code == 409
    assert program.patch(f"/tags/{tag['id']}", {"name": "top"}).json()["name"] == "top"
    assert program.call("delete", f"/tags/{tag['id']}").status_code == 204
    assert program.get("/tags").json() == []
    made = program.post("/categories", {"name": "Cliente oro"}).json()
    assert made["code"] == "cliente-oro"
    create(program, categories=["cliente-oro"])
    held = program.call("delete", "/categories/cliente-oro")
    assert (held.status_code, held.json()["code"]) == (409, "category_has_people")
    changed = program.patch("/categories/cliente-oro", {"name": "Oro"}).json()
    assert changed == {"code": "cliente-oro", "name": "Oro", "description": ""}
    assert program.call("delete", "/categories/nothing").status_code == 404


def test_notes_keep_what_they_said(program: Program):
    made = create(program)
    address = f"/customers/{made['id']}/notes"
    note = program.post(address, {"body": "Prefers mornings"}).json()
    late = program.patch(f"{address}/{note['id']}", {"body": "Evenings"}, if_match='"7"')
    assert late.status_code == 412
    changed = program.patch(f"{address}/{note['id']}", {"body": "Evenings"}, if_match='"1"')
    assert (changed.json()["body"], changed["ETag"]) == ("Evenings", '"2"')
    assert [one["body"] for one in program.get(address).json()] == ["Evenings"]
    assert program.call("delete", f"{address}/{note['id']}").status_code == 204
    assert program.get(address).json() == []
    assert Note.objects.get().revisions.count() == 2
    other = create(program, email="other@x.cl")
    elsewhere = f"/customers/{other['id']}/notes/{note['id']}"
    assert program.call("delete", elsewhere).status_code == 404


@pytest.mark.feature("O14")
def test_a_grant_needs_its_evidence_and_the_last_word_holds(program: Program):
    made = create(program)
    address = f"/customers/{made['id']}/consents"
    grant = {
        "channel": "email",
        "value": "granted",
        "occurred_at": "2026-10-01T12:00:00Z",
        "wording": "I want news.",
    }
    bare = program.post(address, grant)
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/evidence")
    assert ConsentEvent.objects.count() == 0
    told = program.post(address, grant | {"evidence": "Form 12, signed"}).json()
    assert [(one["value"], one["source"]) for one in told["states"]] == [("granted", "api")]
    program.post(
        address,
        {"channel": "email", "value": "withdrawn", "occurred_at": "2026-11-01T12:00:00Z"},
    )
    older = grant | {"evidence": "Form 11", "occurred_at": "2026-10-15T12:00:00Z"}
    assert program.post(address, older).json()["states"][0]["value"] == "withdrawn"
    assert ConsentState.objects.get().value == "withdrawn"
    future = program.post(address, grant | {"evidence": "x", "occurred_at": "2099-01-01T00:00:00Z"})
    assert future.json()["errors"][0]["pointer"] == "/occurred_at"
    no_zone = program.post(address, grant | {"evidence": "x", "occurred_at": "2026-10-01T12:00:00"})
    assert no_zone.json()["errors"][0]["detail"].startswith("This time needs its zone")
    bad_ip = program.post(address, grant | {"evidence": "x", "ip": "here"})
    assert bad_ip.status_code == 422


def test_fields_of_the_business_are_in_the_record(program: Program):
    keys = set(CustomField.objects.values_list("key", flat=True))
    made = create(program, custom=dict.fromkeys(keys))
    assert made["custom"] == {}


@pytest.mark.feature("J23")
def test_a_customer_tells_whether_and_since_when_they_accept_marketing(program: Program):
    told = create(program)
    assert (told["accepts_marketing"], told["marketing_accepted_at"]) == (False, None)
    path = f"/customers/{told['id']}/consents"
    said = {"channel": "email", "value": "granted", "evidence": "Ficha"}
    program.post(path, said | {"occurred_at": "2026-03-01T10:00:00Z"})
    program.post(path, said | {"occurred_at": "2026-03-05T10:00:00Z"})
    program.post(path, said | {"channel": "sms", "occurred_at": "2026-03-09T10:00:00Z"})
    told = program.get(f"/customers/{told['id']}").json()
    assert (told["accepts_marketing"], told["marketing_cancelled_at"]) == (True, None)
    assert told["marketing_accepted_at"] == "2026-03-05T10:00:00Z"
    program.post(path, said | {"value": "withdrawn", "occurred_at": "2026-04-01T08:30:00Z"})
    [listed] = program.get("/customers").json()["items"]
    assert listed["accepts_marketing"] is False
    assert listed["marketing_accepted_at"] == "2026-03-05T10:00:00Z"
    assert listed["marketing_cancelled_at"] == "2026-04-01T08:30:00Z"


@pytest.mark.feature("E14", "E15")
def test_a_program_says_by_which_code_a_person_came(program: Program):
    brings = Customer.objects.get(public_id=create(program)["id"])
    shared = sharing_code_make(customer=brings)
    wrong = program.post("/customers", {"email": "a@x.cl", "registration_code": "CDFGHJKM"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/registration_code")
    assert not Customer.objects.filter(email="a@x.cl").exists()
    told = program.post("/customers", {"email": "a@x.cl", "registration_code": shared.code}).json()
    assert (told["registration_code"], told["sharing_code"], told["referrals"]) == (
        shared.code,
        "",
        0,
    )
    listed = program.get(f"/customers?code={shared.code}").json()["items"]
    assert [one["id"] for one in listed] == [told["id"]]
    told = program.get(f"/customers/{brings.public_id}").json()
    assert (told["registration_code"], told["sharing_code"], told["referrals"]) == (
        "",
        shared.code,
        1,
    )
