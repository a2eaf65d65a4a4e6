"""From one record to the next within the list that one came from."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit.pages.step_tokens import step_token
from customers.models import Customer, User
from targets.services.targets import target_create

pytestmark = [pytest.mark.feature("US01"), pytest.mark.django_db]
LIST = "/backoffice/customers/"
Make = Callable[..., Customer]


@pytest.fixture
def people(make_customer: Make) -> list[Customer]:
    """Ana, Beatriz, Carla and Diego; Beatriz alone is no lead."""
    names = ("Ana", "Beatriz", "Carla", "Diego")
    stages = ("lead", "customer", "lead", "lead")
    return [
        make_customer(f"{name}@correo.example", first_name=name, lifecycle=stage)
        for name, stage in zip(names, stages, strict=True)
    ]


def opened(client: Client, query: str, name: str) -> str:
    """The page of a person, by the link of its row."""
    page = client.get(f"{LIST}?{query}").content.decode()
    link = re.search(rf'class="cell-title" href="([^"]+)">{name}<', page)
    assert link is not None
    return read(client, unescape(link[1]))


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def step(page: str, rel: str) -> str:
    """The address of a step; empty at the end."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    return unescape(found[1]) if found else ""


def name(page: str) -> str:
    return page.split("<h1>")[1].split("<")[0]


def walked(client: Client, page: str, rel: str) -> list[str]:
    names = [name(page)]
    while (url := step(page, rel)) and len(names) < 9:
        page = read(client, url)
        names.append(name(page))
    return names


def test_steps_follow_the_order_of_the_list(ana_client: Client, people: list[Customer]):
    first = opened(ana_client, "sort=name", "Ana")
    assert walked(ana_client, first, "next") == ["Ana", "Beatriz", "Carla", "Diego"]
    last = opened(ana_client, "sort=-name", "Ana")
    assert walked(ana_client, last, "prev") == ["Ana", "Beatriz", "Carla", "Diego"]


def test_nobody_has_logged_in_and_still_each_has_a_place(
    ana_client: Client, people: list[Customer]
):
    first = opened(ana_client, "", "Diego")
    assert walked(ana_client, first, "next") == ["Diego", "Carla", "Beatriz", "Ana"]


def test_steps_keep_to_filter_and_search(ana_client: Client, people: list[Customer]):
    page = opened(ana_client, "f=1&stage=lead&sort=name", "Ana")
    assert walked(ana_client, page, "next") == ["Ana", "Carla", "Diego"]
    page = opened(ana_client, "view=leads&sort=name", "Diego")
    assert walked(ana_client, page, "prev") == ["Diego", "Carla", "Ana"]
    page = opened(ana_client, "q=carla", "Carla")
    assert walked(ana_client, page, "next") == ["Carla"]


def test_one_that_left_the_filter_still_leads_on(ana_client: Client, people: list[Customer]):
    page = opened(ana_client, "f=1&stage=lead&sort=name", "Carla")
    Customer.objects.filter(first_name="Carla").update(lifecycle="customer")
    url = step(page, "prev")
    token = parse_qs(urlsplit(url).query)["in"][0]
    again = read(ana_client, f"{LIST}{people[2].public_id}/?in={token}")
    assert (
        name(read(ana_client, step(again, "prev"))),
        name(read(ana_client, step(again, "next"))),
    ) == ("Ana", "Diego")


def test_the_way_back_and_the_tabs_keep_the_place(ana_client: Client, people: list[Customer]):
    page = opened(ana_client, "f=1&stage=lead&sort=name", "Ana")
    back = page.split('class="crumbs"')[1].split('href="')[1].split('"')[0]
    assert unescape(back) == f"{LIST}?f=1&stage=lead&sort=name&view=all"
    tabs = page.split('id="record-body"')[1].split("</nav>")[0]
    links = re.findall(r'href="([^"]+)"', tabs)
    assert len(links) > 2
    assert all("?in=" in link for link in links)


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0:x", "\x00", "é", "a" * 3000])
def test_a_token_that_is_not_ours_leaves_the_page_without_steps(
    token: str, ana_client: Client, people: list[Customer]
):
    answer = ana_client.get(f"{LIST}{people[1].public_id}/", {"in": token})
    assert answer.status_code == 200
    assert "data-steps" not in answer.content.decode()


def test_a_list_of_other_things_or_of_none_has_no_steps(ana_client: Client, people: list[Customer]):
    for key in ("targets", "nothing"):
        answer = ana_client.get(f"{LIST}{people[1].public_id}/", {"in": step_token(key, "")})
        assert "data-steps" not in answer.content.decode()


def test_a_state_that_is_too_long_gives_no_token():
    assert step_token("customers", "q=" + "x" * 2000) == ""


def test_targets_step_too(ana: User, ana_client: Client):
    rule = {"version": 1, "rule": {"all": []}}
    for n in range(3):
        target_create(slug=f"t{n}", name=f"Target {n}", rule=rule, by=ana)
    page = ana_client.get("/backoffice/targets/?sort=name").content.decode()
    link = re.search(r'class="cell-title" href="([^"]+)">Target 0<', page)
    assert link is not None
    first = read(ana_client, unescape(link[1]))
    assert [one.strip() for one in walked(ana_client, first, "next")] == [
        "Target 0",
        "Target 1",
        "Target 2",
    ]


def test_a_step_costs_the_same_in_a_long_list(
    ana_client: Client, people: list[Customer], make_customer: Make
):
    url = f"{LIST}{people[1].public_id}/?in={step_token('customers', 'sort=name')}"
    read(ana_client, url)
    with CaptureQueriesContext(connection) as few:
        read(ana_client, url)
    for n in range(40):
        make_customer(f"x{n}@correo.example", first_name=f"B{n:02}")
    with CaptureQueriesContext(connection) as many:
        read(ana_client, url)
    assert len(many) == len(few)
