"""People put on lists by hand: rules ask for them, upkeep follows, screens and jobs fill them."""

import pytest
from django.urls import reverse

from config.kit.errors import DomainError
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Job
from customers.merging.services import customers_merge, merge_undo
from customers.models import Customer
from targets.models import Membership, MembershipChange, StaticEntry, StaticList
from targets.reading import rule_from_json
from targets.rules.problems import RuleRefused
from targets.selectors.lists import people_named
from targets.selectors.words import rule_words
from targets.services.lists import list_add, list_create, list_delete, list_remove
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document, found

pytestmark = [pytest.mark.feature("TG27"), pytest.mark.django_db]
ON = {"filter": "static_list", "op": "any", "value": ["invitados"]}
OFF = {"filter": "static_list", "op": "none", "value": ["invitados"]}


@pytest.fixture
def guests(people) -> StaticList:
    made = list_create(name="Invitados")
    list_add(people=made, ids=[people["rayen"].pk, people["nahuel"].pk])
    return made


def members(slug: str) -> set[str]:
    held = Membership.objects.filter(target__slug=slug).values("customer_id")
    return set(Customer.objects.filter(pk__in=held).values_list("first_name", flat=True))


def page(name: str, people: StaticList) -> str:
    return reverse(f"targets:{name}", args=[people.public_id])


def test_a_rule_asks_who_is_on_a_list_and_nobody_is_unknown(guests):
    assert found(ON) == {"Rayén", "Nahuel"}
    assert found(OFF) == found({"not": ON}) == {"Iker"}
    assert found({"all": [ON, {"filter": "gender", "op": "any", "value": ["female"]}]}) == {"Rayén"}
    words = rule_words(rule_from_json(document({"any": [ON, OFF]})))
    assert words == "People who are on the list Invitados or are not on the list Invitados."


@pytest.mark.parametrize("value", [["nadie"], ["invitados+included"], "invitados", [], [1]])
def test_a_list_that_does_not_exist_is_refused_at_its_path(guests, value):
    rule = document({"all": [{"filter": "static_list", "op": "any", "value": value}]})
    with pytest.raises(RuleRefused) as refusal:
        rule_from_json(rule)
    assert refusal.value.problems[0].path.startswith("/rule/all/0/value")


@pytest.mark.feature("BX01")
def test_upkeep_follows_who_is_put_on_a_list_and_taken_off(guests, people, make_target):
    target = make_target("invitados", ON)
    Upkeep().settle()
    list_add(people=guests, ids=[people["iker"].pk, people["rayen"].pk])
    list_remove(people=guests, ids=[people["nahuel"].pk])
    Upkeep().settle()
    assert members("invitados") == {"Rayén", "Iker"}
    last = MembershipChange.objects.filter(target_id=target.pk).latest("id")
    assert last.source == f"targets_staticentry:{guests.pk}"


def test_who_is_in_the_trash_is_not_put_on_a_list(guests, people):
    Customer.objects.filter(pk=people["iker"].pk).update(trashed_at=people["iker"].registered_at)
    assert list_add(people=guests, ids=[people["iker"].pk, 10**12]) == 0


def test_a_list_that_a_rule_names_is_not_deleted(guests, make_target, ana_client):
    assert "Delete list" in ana_client.get(page("list_delete", guests)).content.decode()
    make_target("cena", {"any": [ON]})
    kept = ana_client.get(page("list_delete", guests)).content.decode()
    assert "used by Cena" in kept
    assert "Delete list" not in kept
    with pytest.raises(DomainError) as refusal:
        list_delete(people=guests)
    assert refusal.value.code == "list_in_use"
    assert "Cena" in refusal.value.message
    assert StaticEntry.objects.filter(list=guests).count() == 2


def test_at_a_merge_the_place_on_the_list_goes_with_the_person_and_back(guests, people):
    iker, nahuel = people["iker"], people["nahuel"]
    merge = customers_merge(survivor=iker, loser=nahuel)
    assert found(ON) == {"Rayén", "Iker"}
    merge_undo(merge=merge)
    assert found(ON) == {"Rayén", "Nahuel"}


def test_a_text_names_people_by_address_or_code_in_any_column(people):
    rayen, iker = people["rayen"], people["iker"]
    text = f'Nombre;Correo\nRayén;RAYEN@correo.example\n"Iker";;{iker.public_id}\nnadie@x.example\n'
    named = people_named(text)
    assert named.ids == [rayen.pk, iker.pk]
    assert named.missing == ["Nombre Correo", "nadie@x.example"]
    assert people_named("rayen@correo.example, otra\n\n\0").ids == [rayen.pk]


def test_a_list_is_made_filled_by_pasting_and_emptied_by_hand(people, ana_client):
    made = ana_client.post(reverse("targets:list_new"), {"name": " Cena  de gala "})
    guests = StaticList.objects.get()
    assert (made.url, guests.name, guests.slug) == (
        page("list", guests), "Cena de gala", "cena-de-gala",
    )  # fmt: skip
    pasted = {"people": "rayen@correo.example\nnadie@x.example"}
    answer = ana_client.post(page("list_add", guests), pasted).content.decode()
    assert "1 person was put on the list." in answer
    assert "1 line names nobody whom you have:" in answer
    assert "nadie@x.example" in answer
    again = ana_client.post(page("list_add", guests), {"people": "rayen@correo.example"})
    assert again.url == page("list", guests)
    assert StaticEntry.objects.count() == 1
    shown = ana_client.get(page("list", guests)).content.decode()
    assert "Rayén" in shown
    assert "0 people were put on the list. On it already: 1." in shown
    gone = {"person": [people["rayen"].pk, "x", "9" * 30]}
    assert ana_client.post(page("list_remove", guests), gone).url == page("list", guests)
    assert StaticEntry.objects.count() == 0
    assert list(
        AuditEntry.objects.filter(subject_kind="targets.staticlist").order_by("pk").values_list(
            "action", flat=True
        )
    ) == ["targets.list.created", "targets.list.added", "targets.list.removed"]  # fmt: skip


def test_nothing_pasted_is_said_at_the_field(people, ana_client):
    guests = list_create(name="Invitados")
    answer = ana_client.post(page("list_add", guests), {"people": "  "})
    assert answer.status_code == 422
    assert "Write or paste at least one address or code." in answer.content.decode()


def test_two_who_rename_a_list_are_told_of_each_other(people, ana_client):
    guests = list_create(name="Invitados")
    opened = ana_client.get(page("list_edit", guests)).context["page"].version
    StaticList.objects.update(name="Otra")
    mine = {"name": "Mía", "description": "", "version": opened}
    assert ana_client.post(page("list_edit", guests), mine).status_code == 409
    theirs = {"name": "Invitados", "description": "Para mayo", "version": opened}
    assert ana_client.post(page("list_edit", guests), theirs).status_code == 302
    assert StaticList.objects.values_list("name", "description").get() == ("Otra", "Para mayo")


def test_the_list_bar_of_the_customers_fills_a_new_list(people, ana_client):
    asked = {
        "action": "list",
        "ids": [str(people["rayen"].public_id), str(people["iker"].public_id)],
        "confirmed": "1",
    }
    refused = ana_client.post(reverse("customers:list"), asked)
    assert refused.status_code == 422
    assert "Choose a list, or name a new one." in refused.content.decode()
    assert StaticList.objects.count() == 0
    ana_client.post(reverse("customers:list"), {**asked, "name": "Ferias"})
    jobs_run_due(queue="jobs")
    made = StaticList.objects.get()
    on_it = StaticEntry.objects.filter(list=made).values_list("customer__first_name", flat=True)
    assert (made.name, set(on_it)) == ("Ferias", {"Rayén", "Iker"})
    job = Job.objects.get(kind="targets.list_fill")
    assert (job.state, job.result) == ("succeeded", {"added": 2, "held": 0})


def test_who_only_reads_changes_no_list(guests, people, beto_client):
    assert beto_client.get(page("list", guests)).status_code == 200
    for name in ("list_edit", "list_add", "list_remove", "list_delete"):
        assert beto_client.post(page(name, guests), {"name": "x"}).status_code == 403
    assert StaticEntry.objects.count() == 2
