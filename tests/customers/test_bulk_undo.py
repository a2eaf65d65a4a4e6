"""A bulk action goes back whole, except for whom somebody changed since: they are named."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.jobs.services import job_claim, job_run, job_run_now
from config.kit.models import AuditEntry, Job
from config.kit.pages import Selection
from customers.models import BulkChange, BulkRun, Category, Customer, Tag, User
from customers.services.bulk import customers_change
from customers.services.bulk_undo import bulk_runs_forget, bulk_undo
from customers.services.categories import category_assign
from customers.services.status import (
    customer_deactivate,
    customer_restore,
    customer_status_change,
    customer_trash,
)
from customers.services.tags import tag_add, tag_remove
from customers.services.verification import customer_unverify, customer_verify
from tests.conftest import make_staff

pytestmark = pytest.mark.feature("BX13", "M18")
SINCE = "Somebody changed this since; it stays so."
Act = Callable[[Customer], object]


def start(change: str, people: list[Customer], by: User, **params: object) -> Job:
    return customers_change(
        change=change,
        selection=Selection(ids=tuple(str(one.public_id) for one in people)).to_params(),
        count=len(people),
        params=params,
        by=by,
        title=f"{change} {len(people)}",
    )


def run(job: Job) -> Job:
    done = job_run_now(job=job)
    assert done.state == "succeeded", done.failure
    return done


def undo(job: Job, by: User) -> Job:
    return run(bulk_undo(run=BulkRun.objects.get(job=job), by=by))


def look(person: Customer) -> dict[str, object]:
    """What a bulk action can change, without the numbers of rows."""
    row = Customer.objects.get(pk=person.pk)
    return {
        "status": row.status,
        "until": row.status_until,
        "trashed_at": row.trashed_at,
        "verified": row.verified_at is not None,
        "email_verified": [one.verified_at is not None for one in row.emails.all()],
        "tags": sorted(row.taggings.values_list("tag__name", flat=True)),
        "categories": sorted(row.assignments.values_list("category__code", flat=True)),
    }


def _tag(name: str) -> Act:
    return lambda one: tag_add(customer=one, names=[name])


def _untag(name: str) -> Act:
    return lambda one: tag_remove(customer=one, tag=Tag.objects.get(name=name))


def _give(*codes: str) -> Act:
    return lambda one: category_assign(
        customer=one, categories=Category.objects.filter(code__in=codes)
    )


def _then(*acts: Act) -> Act:
    def act(one: Customer) -> None:
        for step in acts:
            step(one)

    return act


def _unverify(one: Customer) -> None:
    at = Customer.objects.get(pk=one.pk).verified_at
    customer_unverify(customer=one, at=at or clock.now())


def _pause(one: Customer) -> object:
    return customer_deactivate(customer=one, until=clock.now() + timedelta(days=30), reason="Viaje")


def _wake(one: Customer) -> object:
    return customer_status_change(customer=one, status="active")


# The action, its parameters, how all are before, how one is already, what somebody does since
# (the same again, so that only who looks closely sees it).
CASES = [
    ("tag", {"tags": ["VIP"]}, _tag("sur"), _tag("vip"), _then(_untag("vip"), _tag("vip"))),
    ("untag", {"tags": ["vip"]}, _tag("vip"), _untag("vip"), _tag("vip")),
    (
        "categorise",
        {"categories": ["b"], "keep": False},
        _give("a"),
        _give("b"),
        _then(_give("a"), _give("b")),
    ),
    (
        "status",
        {"status": "disabled", "reason": "Fraude"},
        _pause,
        lambda one: customer_status_change(customer=one, status="disabled", reason="x"),
        lambda one: customer_status_change(customer=one, status="active", reason="Se aclaró"),
    ),
    (
        "verify",
        {},
        lambda one: None,
        lambda one: customer_verify(customer=one),
        _then(_unverify, lambda one: customer_verify(customer=one)),
    ),
    (
        "trash",
        {},
        _pause,
        lambda one: customer_trash(customer=one),
        _then(
            lambda one: customer_restore(customer=one),
            lambda one: customer_trash(customer=one),
        ),
    ),
    (
        "restore",
        {},
        lambda one: customer_trash(customer=one),
        lambda one: customer_restore(customer=one),
        _wake,
    ),
]


@pytest.mark.parametrize(
    ("change", "params", "at_first", "already", "since"), CASES, ids=[one[0] for one in CASES]
)
def test_undo_gives_back_what_was_changed_and_nobody_changed_since(
    ana, make_customer, change, params, at_first: Act, already: Act, since: Act
):
    for code in "ab":
        Category.objects.create(code=code, name=code.upper())
    alma, berta, celia = (
        make_customer(f"{name}@correo.example", first_name=name)
        for name in ("Alma", "Berta", "Celia")
    )
    if change == "untag":
        tag_add(customer=celia, names=["vip"])
    for one in (alma, berta):
        at_first(one)
    if change == "restore":
        _pause(berta)
        customer_trash(customer=celia)
    already(celia)
    before = {one: look(one) for one in (alma, celia)}

    done = run(start(change, [alma, berta, celia], ana, **params))

    assert done.result == {"changed": 2, "unchanged": 1}
    assert look(alma) != before[alma]
    since(berta)
    left = look(berta)
    back = undo(done, ana)
    assert back.result == {"undone": 1, "held": 1}
    assert [(one.column, one.reason) for one in back.errors.all()] == [("Berta", SINCE)]
    assert {one: look(one) for one in (alma, celia)} == before
    assert look(berta) == left


def test_a_second_undo_is_told_so_and_changes_nothing(ana, make_customer):
    person = make_customer("a@correo.example")
    done = run(start("tag", [person], ana, tags=["vip"]))
    undo(done, ana)
    tag_add(customer=person, names=["vip"])
    with pytest.raises(DomainError, match="undo_refused"):
        undo(done, ana)
    assert look(person)["tags"] == ["vip"]
    assert Job.objects.filter(kind="customers.undo_many").count() == 1
    assert AuditEntry.objects.filter(action="customers.bulk.undone").count() == 1


def test_an_action_that_waits_is_called_off_by_its_undo(ana, make_customer):
    person = make_customer("a@correo.example")
    job = start("tag", [person], ana, tags=["vip"])
    back = undo(job, ana)
    job.refresh_from_db()
    assert (job.state, back.result) == ("cancelled", {"undone": 0, "held": 0})
    assert job_claim(queue="jobs") is None
    assert look(person)["tags"] == []


def test_an_action_whose_worker_is_gone_is_undone_as_far_as_it_came(ana, make_customer):
    person = make_customer("a@correo.example")
    job = start("tag", [person], ana, tags=["vip"])
    held = job_claim(queue="jobs")
    assert held is not None
    job_run(job=held)
    Job.objects.filter(pk=job.pk).update(
        state="running", lease_until=clock.now() - timedelta(seconds=1)
    )
    assert undo(job, ana).result == {"undone": 1, "held": 0}
    assert look(person)["tags"] == []
    again = job_claim(queue="jobs")
    assert again is not None
    assert job_run(job=again).state == "cancelled"
    assert look(person)["tags"] == []


def test_two_actions_that_cross_are_each_undone_only_where_they_stand(ana, make_customer):
    people = [make_customer(f"{n}@correo.example") for n in range(2)]
    first = run(start("tag", people, ana, tags=["vip"]))
    second = run(start("untag", people[:1], ana, tags=["vip"]))
    assert undo(first, ana).result == {"undone": 1, "held": 1}
    assert undo(second, ana).result == {"undone": 1, "held": 0}
    assert [look(one)["tags"] for one in people] == [["vip"], []]
    assert undo(first, ana).result == {"undone": 1, "held": 0}
    assert [look(one)["tags"] for one in people] == [[], []]
    with pytest.raises(DomainError, match="undo_refused"):
        undo(first, ana)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("tag", {"tags": ["vip"]}), ("untag", {"tags": ["VIP", "sur"]})),
        (
            ("categorise", {"categories": ["b"], "keep": False}),
            ("categorise", {"categories": ["a"], "keep": True}),
        ),
        (("status", {"status": "disabled", "reason": "Fraude"}), ("trash", {})),
    ],
    ids=["tags", "categories", "standing"],
)
def test_two_actions_on_the_same_are_undone_from_the_last_to_the_first(
    ana, make_customer, first, second
):
    for code in "ab":
        Category.objects.create(code=code, name=code.upper())
    people = [make_customer(f"{n}@correo.example") for n in range(3)]
    _give("a")(people[0])
    _tag("sur")(people[1])
    _pause(people[2])
    before = [look(one) for one in people]
    jobs = [run(start(name, people, ana, **params)) for name, params in (first, second)]
    assert [look(one) for one in people] != before
    for job in reversed(jobs):
        assert undo(job, ana).result["held"] == 0
    assert [look(one) for one in people] == before


def test_what_it_would_give_back_must_still_exist(ana, make_customer):
    category = Category.objects.create(code="a", name="A")
    Category.objects.create(code="b", name="B")
    person = make_customer("a@correo.example", first_name="Alma")
    category_assign(customer=person, categories=[category])
    done = run(start("categorise", [person], ana, categories=["b"], keep=False))
    category.delete()
    back = undo(done, ana)
    assert back.result == {"undone": 0, "held": 1}
    assert back.errors.get().reason.startswith("What this person had was deleted")
    assert look(person)["categories"] == ["b"]


def test_after_thirty_days_it_stays_and_nothing_is_kept(ana, make_customer):
    done = run(start("tag", [make_customer("a@correo.example")], ana, tags=["vip"]))
    BulkRun.objects.update(undo_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(DomainError, match="undo_refused"):
        undo(done, ana)
    assert (bulk_runs_forget(), bulk_runs_forget()) == (1, 0)
    assert not BulkRun.objects.exists()
    assert not BulkChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_is_told_that_it_is_done(make_customer):
    from customers.roles import roles_sync

    roles_sync()
    ana = make_staff("ana@casaquillay.example", "Ana Millaray", "owner")
    person = make_customer("a@correo.example")
    done = run(start("tag", [person], ana, tags=["vip"]))
    told: list[str] = []

    def click() -> None:
        try:
            bulk_undo(run=BulkRun.objects.get(job=done), by=ana)
            told.append("")
        except DomainError as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["", "undo_refused"]
    assert Job.objects.filter(kind="customers.undo_many").count() == 1


def test_the_toast_and_the_page_of_the_job_offer_the_way_back(
    ana_client: Client, beto_client: Client, staff_client, make_customer
):
    person = make_customer("a@correo.example", first_name="Alma")
    page = ana_client.post(
        "/backoffice/customers/",
        {
            "action": "tag",
            "ids": [str(person.public_id)],
            "names": "vip",
            "confirmed": "1",
        },
        follow=True,
    ).content.decode()
    job = Job.objects.get()
    url = reverse("customers:bulk_undo", args=[job.public_id])
    assert f'action="{url}"' in page
    run(job)
    detail = reverse("jobs:detail", args=[job.public_id])
    shown = ana_client.get(detail).content.decode()
    assert f'action="{url}"' in shown
    assert "<dt>Changed</dt><dd>1</dd>" in shown
    assert beto_client.post(url).status_code == 403
    sara = make_staff("sara@casaquillay.example", "Sara Ventas", "sales")
    assert staff_client(sara).post(url).status_code == 404

    answer = ana_client.post(url)

    back = Job.objects.get(kind="customers.undo_many")
    assert answer.headers["location"] == reverse("jobs:detail", args=[back.public_id])
    run(back)
    assert look(person)["tags"] == []
    after = ana_client.get(detail).content.decode()
    assert "It is undone already." in after
    assert f'action="{url}"' not in after
