"""Roles, and who may give which."""

import threading
import time
from typing import TypedDict

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, connections, transaction

from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import Session, User
from customers.roles import ROLES
from customers.services.staff import staff_create, staff_deactivate, staff_role_set
from customers.services.staff_guards import role_of
from tests.conftest import make_staff


class Entrant(TypedDict):
    email: str
    password: str
    name: str


NEW: Entrant = {
    "email": "dora@casaquillay.example",
    "password": "otra-clave-larga-4",
    "name": "Dora Nahuel",
}


@pytest.mark.django_db
def test_every_permission_of_every_role_exists():
    known = {
        f"{app}.{code}"
        for app, code in Permission.objects.values_list("content_type__app_label", "codename")
    }
    for name, role in ROLES.items():
        assert (role.permissions or set()) <= known, name


def test_an_analyst_reads_and_writes_nothing(beto):
    rights = beto.get_all_permissions()

    assert "customers.view_customer" in rights
    assert {one.split(".")[1].split("_")[0] for one in rights} == {"view"}


def test_only_owner_and_marketing_export_and_send(ana):
    may = {
        name
        for name, role in ROLES.items()
        if role.permissions is None
        or {"customers.export_customers", "messaging.send_campaign"} <= role.permissions
    }
    assert may == {"owner", "marketing"}
    assert ana.has_perm("messaging.send_campaign")


def test_staff_is_made_with_a_role_and_leaves_a_trace(ana):
    user = staff_create(**NEW, role="sales", by=ana)

    assert (user.is_staff, role_of(user), user.check_password(NEW["password"])) == (
        True,
        "sales",
        True,
    )
    entry = AuditEntry.objects.get(action="customers.staff.created")
    assert (entry.actor_id, entry.subject_id, entry.data) == (ana.pk, user.pk, {"role": "sales"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "ana@CASAQUILLAY.example"}, "email_taken"),
        ({"password": "short"}, "password_weak"),
        ({"role": "emperor"}, "role_unknown"),
    ],
)
def test_staff_that_cannot_be_made_is_refused_and_nothing_happens(ana, change, code):
    with pytest.raises(DomainError, match=code):
        staff_create(**{"role": "sales", **NEW, **change})

    assert User.objects.count() == 1


def test_a_customer_may_become_staff_and_stays_a_customer(ana, carla):
    Session.objects.all().delete()

    user = staff_create(
        email="carla@correo.example",
        password="otra-clave-larga-4",
        role="support",
        name="Carla Etxeberria",
        by=ana,
    )

    assert user.pk == carla.pk
    assert user.customer.first_name == "Carla"


def give(user: User, *names: str) -> None:
    """Rights of this person alone, beside those of the role."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))


def test_nobody_gives_rights_that_they_lack(beto):
    give(beto, "add_user", "change_user")
    for role in ("owner", "marketing", "auditor"):
        with pytest.raises(DomainError, match="role_too_high"):
            staff_create(**NEW, role=role, by=beto)
    colleague = make_staff("eva@casaquillay.example", "Eva", "analyst")
    with pytest.raises(DomainError, match="role_too_high"):
        staff_role_set(user=colleague, role="owner", by=beto)
    with pytest.raises(DomainError, match="staff_self"):
        staff_role_set(user=beto, role="owner", by=beto)
    assert (role_of(colleague), role_of(beto)) == ("analyst", "analyst")


def test_nobody_changes_a_role_above_their_own(ana, beto):
    give(beto, "change_user")
    for act in (
        lambda: staff_role_set(user=ana, role="analyst", by=beto),
        lambda: staff_deactivate(user=ana, by=beto),
    ):
        with pytest.raises(DomainError, match="staff_above"):
            act()
    assert User.objects.get(pk=ana.pk).is_active


def test_who_has_no_right_to_it_changes_nobody_whatever_the_page_let_through(beto):
    colleague = make_staff("eva@casaquillay.example", "Eva", "analyst")
    for act in (
        lambda: staff_create(**NEW, role="analyst", by=beto),
        lambda: staff_deactivate(user=colleague, by=beto),
    ):
        with pytest.raises(DomainError, match="by_gone"):
            act()
    colleague.refresh_from_db()
    assert (colleague.is_active, User.objects.count()) == (True, 2)


def test_a_change_of_role_ends_the_sessions(ana, beto, beto_client):
    assert beto_client.get("/backoffice/").status_code == 200

    staff_role_set(user=beto, role="support", by=ana)

    assert beto_client.get("/backoffice/").status_code == 302
    assert role_of(beto) == "support"


def test_the_last_owner_stays(ana):
    gone = make_staff("eva@casaquillay.example", "Eva", "owner")
    staff_deactivate(user=gone, by=ana)

    for by, code in ((gone, "by_gone"), (ana, "staff_self")):
        with pytest.raises(DomainError, match=code):
            staff_role_set(user=ana, role="sales", by=by)
        with pytest.raises(DomainError, match=code):
            staff_deactivate(user=ana, by=by)

    ana.refresh_from_db()
    assert (ana.is_active, role_of(ana)) == (True, "owner")


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one(ana):
    second = staff_create(**NEW, role="owner", by=ana)
    gate = threading.Barrier(2)

    def remove(user: User, by: User) -> None:
        gate.wait()
        try:
            staff_deactivate(user=user, by=by)
        except DomainError as error:
            assert error.code == "by_gone"  # noqa: PT017
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=remove, args=pair) for pair in ((ana, second), (second, ana))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(is_active=True, groups__name="owner").count() == 1


def wait_for_a_lock() -> None:
    """Until another connection waits for a row that this one holds."""
    with connection.cursor() as cursor:
        for _turn in range(500):
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_a_request_under_way_of_a_person_who_is_locked_out_does_nothing(ana):
    eva = make_staff("eva@casaquillay.example", "Eva", "owner")
    beto = make_staff("beto@casaquillay.example", "Beto", "analyst")
    refused = []

    def act() -> None:
        try:
            staff_role_set(user=beto, role="owner", by=eva)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=act)
    with transaction.atomic():
        staff_deactivate(user=eva, by=ana)
        thread.start()
        wait_for_a_lock()
    thread.join()

    assert refused == ["by_gone"]
    assert role_of(beto) == "analyst"


@pytest.mark.django_db
def test_the_first_run_page_makes_the_owner_and_closes(visitor):
    assert visitor.get("/backoffice/login/").url == "/backoffice/welcome/"
    assert visitor.get("/backoffice/welcome/").status_code == 200
    assert not User.objects.exists()

    answer = visitor.post("/backoffice/welcome/", {**NEW, "email": "Dora@CasaQuillay.example"})

    assert answer.url == "/backoffice/"
    owner = User.objects.get()
    assert (owner.name, owner.language, role_of(owner)) == ("Dora Nahuel", "en", "owner")
    assert visitor.get("/backoffice/").status_code == 200
    assert visitor.get("/backoffice/welcome/").status_code == 404
    assert visitor.post("/backoffice/welcome/", {**NEW, "email": "e@x.example"}).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_first_owner_sets_up_a_factor_where_it_is_required(visitor, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True

    assert visitor.post("/backoffice/welcome/", NEW).url == "/backoffice/login/factor/"
    assert visitor.get("/backoffice/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"password": "short"}, {"email": "dora@@x"}, {"name": ""}])
def test_a_wrong_first_run_says_why_and_makes_nobody(visitor, change):
    answer = visitor.post("/backoffice/welcome/", {**NEW, **change})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(change)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_owners_at_once_one_wins(client):
    gate, statuses = threading.Barrier(3), []

    def post(number: int) -> None:
        mine = type(client)()
        gate.wait()
        answer = mine.post("/backoffice/welcome/", {**NEW, "email": f"o{number}@x.example"})
        statuses.append(answer.status_code)
        connections.close_all()

    threads = [threading.Thread(target=post, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 404, 404]
    assert User.objects.count() == 1
