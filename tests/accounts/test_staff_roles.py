"""Roles as permission sets: what a shop changes stays, what comes new is given by default."""

import re
import threading

import pytest
from django.contrib.auth.models import Permission
from django.db import connections, transaction

from config.kit import abilities
from config.kit.doors import back_office_doors
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, AuditValues
from customers.models import StaffRole, User
from customers.roles import ROLES, group_permissions, roles_sync
from customers.services.staff import staff_role_set
from customers.services.staff_guards import role_of
from customers.services.staff_roles import role_create, role_delete, role_rights_set
from tests.accounts.test_staff_people import prove
from tests.conftest import make_staff

ROLES_PAGE = "/backoffice/staff/roles/"
NOTES = {"customers.notes.see", "customers.notes.add"}


def rights(key: str) -> frozenset[str]:
    return group_permissions(StaffRole.objects.get(key=key).group)


@pytest.fixture
def proved(ana_client):
    return prove(ana_client)


def test_each_right_that_a_page_asks_for_stands_behind_one_box():
    """A new page with a permission of its own needs a box: see "The roles" in the kit's README."""
    asked = {door.permission for door in back_office_doors() if door.permission}
    boxes = [permission for box in abilities.boxes().values() for permission in box.permissions]

    assert sorted(asked - set(boxes)) == []
    assert len(boxes) == len(set(boxes))


@pytest.mark.parametrize("key", [key for key in ROLES if key != "owner"])
def test_the_default_of_a_role_is_boxes_and_nothing_besides(key):
    wanted = ROLES[key].permissions or frozenset()
    held = [abilities.boxes()[name].permissions for name in abilities.held_boxes(set(wanted))]

    assert frozenset().union(*held) == wanted


@pytest.mark.django_db
def test_every_permission_behind_a_box_exists():
    known = Permission.objects.values_list("content_type__app_label", "codename")
    assert sorted(abilities.covered() - {f"{app}.{name}" for app, name in known}) == []


@pytest.mark.django_db
def test_an_unedited_role_follows_its_default():
    role = StaffRole.objects.get(key="analyst")
    role.group.permissions.add(Permission.objects.get(codename="send_campaign"))

    roles_sync()

    assert rights("analyst") == ROLES["analyst"].permissions


def test_an_edited_role_keeps_what_it_has_and_gets_what_is_new_by_default(ana):
    role = StaffRole.objects.get(key="analyst")
    role_rights_set(role=role, boxes=NOTES, version=1, by=ana)
    roles_sync()
    assert abilities.held_boxes(set(rights("analyst"))) == NOTES

    # As if targets had come with the release of today: its permissions were not there before.
    role.refresh_from_db()
    role.offered = [name for name in role.offered if not name.startswith("targets.")]
    role.save()
    roles_sync()

    assert abilities.held_boxes(set(rights("analyst"))) == NOTES | {"targets.targets.see"}
    assert "targets.add_target" not in rights("analyst")


def test_a_role_of_ones_own_is_made_by_copying_and_given_to_somebody(proved, ana, beto):
    answer = proved.post(f"{ROLES_PAGE}new/", {"name": "Bodega Ñuñoa", "copy_of": "support"})

    assert answer.url == f"{ROLES_PAGE}bodega-nunoa/"
    assert rights("bodega-nunoa") == rights("support")
    staff_role_set(user=beto, role="bodega-nunoa", by=ana)
    assert role_of(beto) == "bodega-nunoa"
    assert beto.groups.get().name == "Bodega Ñuñoa"
    assert "Bodega Ñuñoa" in proved.get("/backoffice/staff/?f=1&role=bodega-nunoa").content.decode()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "This field is required."),
        ("OWNER", "There is a role of this name already."),
        ("bodega", "There is a role of this name already."),
        ("x" * 61, "at most 60 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(proved, ana, name, why):
    role_create(name="Bodega", by=ana)

    answer = proved.post(f"{ROLES_PAGE}new/", {"name": name})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert StaffRole.objects.filter(is_builtin=False).count() == 1


def test_ticking_boxes_changes_what_people_may_at_once(proved, ana, beto, beto_client):
    assert beto_client.get("/backoffice/targets/").status_code == 200
    page = proved.get(f"{ROLES_PAGE}analyst/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None

    answer = proved.post(
        f"{ROLES_PAGE}analyst/rights/",
        {"version": version[1], **{f"may:{key}": "1" for key in NOTES}},
    )

    assert answer.url == f"{ROLES_PAGE}analyst/"
    assert beto_client.get("/backoffice/targets/").status_code == 403
    entry = AuditEntry.objects.get(action="customers.role.edited")
    values = AuditValues.objects.get(entry_id=entry.pk)
    assert (entry.actor_id, entry.data) == (ana.pk, {"role": "analyst"})
    assert (values.before["targets.targets.see"], values.after["targets.targets.see"]) == (
        True,
        False,
    )
    assert (values.before["customers.notes.add"], values.after["customers.notes.add"]) == (
        False,
        True,
    )
    assert "customers.notes.see" not in values.after
    shown = proved.get(f"/backoffice/trail/{entry.pk}/").content.decode()
    assert "Targets and their members: see" in shown


def test_an_edited_role_is_reset_to_its_default(proved, ana):
    role_rights_set(role=StaffRole.objects.get(key="sales"), boxes=NOTES, version=1, by=ana)

    proved.post(f"{ROLES_PAGE}sales/reset/", {"confirmed": "1"})

    role = StaffRole.objects.get(key="sales")
    assert (rights("sales"), role.is_edited) == (ROLES["sales"].permissions, False)


def test_of_two_who_edit_one_role_the_second_compares_first(proved, ana):
    role = StaffRole.objects.get(key="analyst")
    role_rights_set(role=role, boxes=NOTES, version=1, by=ana)

    answer = proved.post(
        f"{ROLES_PAGE}analyst/rights/", {"version": "1", "may:customers.tags.see": "1"}
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody changed this role meanwhile." in page
    assert (page.count("now on"), page.count("now off")) == (2, 1)
    assert abilities.held_boxes(set(rights("analyst"))) == NOTES


def test_the_owners_role_and_built_in_names_stay(proved, ana):
    before = rights("owner")

    saved = proved.post(f"{ROLES_PAGE}owner/rights/", {"version": "1"})
    proved.post(f"{ROLES_PAGE}owner/delete/", {"confirmed": "1"})
    renamed = proved.post(f"{ROLES_PAGE}sales/name/", {"name": "Ventas"})

    assert (saved.status_code, renamed.status_code) == (422, 422)
    assert rights("owner") == before
    assert {"customers.change_staffrole", "messaging.send_campaign"} <= before
    assert StaffRole.objects.get(key="sales").name == ""


def test_a_role_that_somebody_has_is_not_deleted(proved, ana, beto):
    role = role_create(name="Bodega", by=ana)
    staff_role_set(user=beto, role="bodega", by=ana)
    with pytest.raises(DomainError, match="role_used"):
        role_delete(role=role, by=ana)

    staff_role_set(user=beto, role="analyst", by=ana)
    assert proved.post(f"{ROLES_PAGE}bodega/delete/", {"confirmed": "1"}).url == ROLES_PAGE

    assert not StaffRole.objects.filter(key="bodega").exists()
    assert AuditEntry.objects.filter(action="customers.role.deleted").count() == 1


def test_nobody_gives_by_a_role_what_they_may_not_do_themselves(ana):
    boxes = {"team.roles.see", "team.roles.add", "team.roles.change", "customers.notes.see"}
    clerk = role_create(name="Encargada", by=ana)
    role_rights_set(role=clerk, boxes=boxes, version=1, by=ana)
    eva = make_staff("eva@casaquillay.example", "Eva", "Encargada")

    for act in (
        lambda: role_create(name="Otra", copy_of=StaffRole.objects.get(key="marketing"), by=eva),
        lambda: role_rights_set(role=clerk, boxes={*boxes, "messaging.send"}, version=2, by=eva),
    ):
        with pytest.raises(DomainError, match="role_too_high"):
            act()
    assert abilities.held_boxes(set(rights("encargada"))) == boxes


def test_roles_are_seen_and_changed_by_those_who_may_alone(beto_client, staff_client):
    auditor = staff_client(make_staff("aud@casaquillay.example", "Aud", "auditor"))

    assert beto_client.get(ROLES_PAGE).status_code == 403
    assert auditor.get(f"{ROLES_PAGE}sales/").status_code == 200
    assert auditor.post(f"{ROLES_PAGE}sales/rights/", {"version": "1"}).status_code == 403
    assert rights("sales") == ROLES["sales"].permissions


def test_changing_a_role_asks_for_a_fresh_proof(ana_client):
    answer = prove(ana_client, minutes_ago=16).post(f"{ROLES_PAGE}sales/rights/", {"version": "1"})

    assert answer.status_code == 403
    assert rights("sales") == ROLES["sales"].permissions


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_given_at_this_moment_is_not_deleted(ana):
    beto = make_staff("beto@casaquillay.example", "Beto", "analyst")
    role = role_create(name="Bodega", by=ana)
    refused = []

    def act() -> None:
        try:
            role_delete(role=role, by=ana)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=act)
    with transaction.atomic():
        staff_role_set(user=beto, role="bodega", by=ana)
        thread.start()
    thread.join()

    assert refused == ["role_used"]
    assert User.objects.get(pk=beto.pk).groups.get().name == "Bodega"
