"""Targets and their members through the API."""

from collections.abc import Callable

import pytest

from config.kit import clock
from customers.models import Customer
from targets.models import Target
from targets.services.refresh import target_refresh
from targets.services.targets import target_create
from tests.api.conftest import Program

pytestmark = pytest.mark.feature("J22")
RULE = {"version": 1, "rule": {"filter": "lifecycle", "op": "any", "value": ["customer"]}}


@pytest.fixture
def buyers(make_customer: Callable[..., Customer]) -> str:
    for n in range(5):
        make_customer(f"c{n}@x.cl", lifecycle="customer")
    make_customer("lead@x.cl")
    target = target_create(name="Buyers", rule=RULE)
    target_refresh(target=target)
    return target.slug


def test_targets_with_their_rule_and_count(program: Program, buyers: str):
    told = program.get("/targets").json()
    assert [(one["slug"], one["members_count"]) for one in told] == [(buyers, 5)]
    assert program.get(f"/targets/{buyers}").json()["rule"] == RULE
    assert program.get("/targets/nothing").status_code == 404


def test_members_page_by_page_now_and_as_they_were(
    program: Program, make_program: Callable[..., Program], buyers: str
):
    before = clock.now()
    Customer.objects.filter(email="c0@x.cl").update(lifecycle="lead")
    target_refresh(target=Target.objects.get())
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = program.get(f"/targets/{buyers}/members?limit=2&after={after}").json()
        seen += [one["email"] for one in page["items"]]
        after = page["next"]
    assert seen == ["c1@x.cl", "c2@x.cl", "c3@x.cl", "c4@x.cl"]
    past = program.get(f"/targets/{buyers}/members?as_of={before:%Y-%m-%dT%H:%M:%S.%fZ}").json()
    assert [one["email"] for one in past["items"]] == [f"c{n}@x.cl" for n in range(5)]
    blind = make_program("targets:read").get(f"/targets/{buyers}/members").json()
    assert [one["email"] for one in blind["items"]] == [""] * 4
    forged = program.get(f"/targets/{buyers}/members?after=x")
    assert (forged.status_code, forged.json()["errors"][0]["pointer"]) == (422, "?after")


def test_the_list_of_customers_takes_targets_too(program: Program, buyers: str):
    page = program.get(f"/customers?sort=name&target={buyers}&limit=200").json()
    assert len(page["items"]) == 5
    wrong = program.get("/customers?target=nothing")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "?target")
