"""Categories: by hand, or filled by a target, which then decides alone who has them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.pages import shown_text
from customers.models import Activity, Category, Customer
from customers.services.bulk import CHANGES
from customers.services.categories import category_assign, category_save, category_values
from customers.services.category_following import categories_follow
from customers.services.tags import tag_add, tag_remove
from targets.models import Target
from targets.services.refresh import target_refresh
from targets.services.targets import target_delete, target_update
from tests.targets.conftest import document

pytestmark = pytest.mark.feature("J17", "J20", "J21")
VIP = {"filter": "tags", "op": "any", "value": ["vip"]}
IN_A_CATEGORY = {"filter": "category", "op": "any", "value": ["oro"]}
LIST = "/backoffice/customers/"


def holders(category: Category) -> set[str]:
    return set(category.assignments.values_list("customer__first_name", flat=True))


@pytest.fixture
def vip(history: dict[str, Customer], make_target: Callable[..., Target]) -> Target:
    """Rayén and Iker."""
    return make_target("vip", VIP)


@pytest.fixture
def best(vip: Target) -> Category:
    return category_save(name="Las mejores", filled_by="target:vip")


def test_a_category_keeps_itself_equal_to_the_people_of_its_target(history, vip, best):
    best.assignments.create(customer=history["nahuel"])

    assert categories_follow() == 3
    assert holders(best) == {"Rayén", "Iker"}
    assert categories_follow() == 0

    tag_remove(customer=history["iker"], tag=history["iker"].taggings.get().tag)
    tag_add(customer=history["nahuel"], names=["vip"])
    target_refresh(target=vip)
    assert categories_follow() == 2
    assert holders(best) == {"Rayén", "Nahuel"}
    row = Activity.objects.filter(customer=history["iker"], kind="category_changed").latest("id")
    assert row.data == {"added": [], "removed": ["Las mejores"]}
    assert row.origin == "system"


def test_once_an_hour_it_is_compared_whatever_is_known_of_the_target(history, best):
    categories_follow()
    best.assignments.filter(customer=history["iker"]).delete()
    assert categories_follow() == 0
    Category.objects.update(followed_at=clock.now() - timedelta(hours=2))
    assert categories_follow() == 1
    assert holders(best) == {"Rayén", "Iker"}


def test_nobody_gives_or_takes_it_by_hand(history, best, ana_client: Client):
    categories_follow()
    other = category_save(name="Mayoristas")
    with pytest.raises(DomainError, match="category_is_filled"):
        category_assign(customer=history["nahuel"], categories=[best])
    category_assign(customer=history["iker"], categories=[other])
    held = history["iker"].assignments.values_list("category__code", flat=True)
    assert set(held) == {"las-mejores", "mayoristas"}
    read = CHANGES["categorise"].facet.read([history["iker"].pk], {})
    assert read[history["iker"].pk].keys() == {str(other.pk)}
    page = ana_client.get(f"{LIST}{history['iker'].public_id}/edit/").content.decode()
    assert f'<option value="{other.pk}" selected' in page
    assert f'<option value="{best.pk}"' not in page


def test_an_open_form_does_not_ask_about_what_filled_itself_meanwhile(
    best, make_customer, ana_client: Client
):
    person = make_customer("v@correo.example", first_name="Violeta")
    url = f"{LIST}{person.public_id}/edit/"
    form = ana_client.get(url).context["form"]
    best.assignments.create(customer=person)
    sent = {"email": "v@correo.example", "first_name": "Violeta", "lifecycle": "lead"}
    sent |= {"base": form["base"].value(), "version": str(person.version), "city": "Ancud"}

    answer = ana_client.post(url, sent)

    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.city == "Ancud"
    assert holders(best) == {"Violeta"}


def test_a_target_that_asks_for_categories_fills_none(history, vip, best, make_target):
    make_target("grouped", IN_A_CATEGORY)
    make_target("nested", {"filter": "target", "op": "any", "value": ["grouped"]})
    for slug in ("grouped", "nested"):
        with pytest.raises(DomainError, match="category_source_refused"):
            category_save(name="Otra", filled_by=f"target:{slug}")
    for rule in (IN_A_CATEGORY, {"filter": "target", "op": "any", "value": ["nested"]}):
        with pytest.raises(DomainError, match="category_circle"):
            target_update(target=vip, version=vip.version, name="VIP", rule=document(rule))
    with pytest.raises(DomainError, match="target_in_use"):
        target_delete(target=vip)
    assert not Category.objects.filter(name="Otra").exists()


def test_left_to_staff_again_it_keeps_its_people(history, best):
    categories_follow()
    category_save(name="Las mejores", filled_by="", category=best)
    best.refresh_from_db()
    assert (best.is_filled, holders(best)) == (False, {"Rayén", "Iker"})
    category_assign(customer=history["iker"], categories=[])
    assert holders(best) == {"Rayén"}


def test_a_category_is_made_filled_edited_and_guarded_on_its_pages(
    history, vip, ana_client: Client
):
    url = f"{LIST}categories/"
    for sent, sentence in (
        ({"name": "  "}, "This field is required."),
        ({"name": "x", "filled_by": "target:nobody"}, "Select a valid choice."),
    ):
        answer = ana_client.post(f"{url}new/", sent)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    ana_client.post(f"{url}new/", {"name": "Mayoristas", "code": "wholesale"})
    same = ana_client.post(f"{url}new/", {"name": "MAYORISTAS", "code": "other"})
    assert "There is a category “MAYORISTAS” already." in same.content.decode()

    row = Category.objects.get(code="wholesale")
    sent = {"name": "Mayoristas", "filled_by": "target:vip"}
    asked = ana_client.post(f"{url}{row.pk}/", sent)
    assert asked.status_code == 409
    assert f"Target: {vip.name}" in asked.content.decode()
    ana_client.post(f"{url}{row.pk}/", sent | {"version": shown_text(category_values(row))})

    categories_follow()
    row.refresh_from_db()
    assert (row.code, row.source, holders(row)) == ("wholesale", "target", {"Rayén", "Iker"})
    page = ana_client.get(url).content.decode()
    assert f"/backoffice/targets/{vip.public_id}/" in page
    found = ana_client.get(f"{LIST}?f=1&category={row.pk}").content.decode()
    assert [name for name in ("Rayén", "Iker", "Nahuel") if name in found] == ["Rayén", "Iker"]
    ana_client.post(f"{url}{row.pk}/delete/", {"confirmed": "1"})
    assert Category.objects.filter(pk=row.pk).exists()
    assert Customer.objects.filter(assignments__category=row).count() == 2
