"""Views that people keep: their own, shared ones, which one opens first, and in which order."""

from collections.abc import Callable

import pytest
from django.test import Client

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, Job, ListPreference, SavedView
from customers.models import User
from tests.conftest import make_staff
from tests.kit.pages_site import SomeJobs, handled

pytestmark = [pytest.mark.urls("tests.kit.pages_site"), pytest.mark.django_db]
LIST = "/backoffice/test/jobs/"
KEEP = "/backoffice/lists/some-jobs/"


@pytest.fixture
def jobs(db: None) -> None:
    now = clock.now()
    Job.objects.bulk_create(
        Job(kind="test", title=title, state=state, done=done, created_at=now)
        for title, state, done in (
            ("Apples", "failed", 3),
            ("Bread", "failed", 1),
            ("Cider", "queued", 2),
        )
    )


@pytest.fixture
def keep(ana_client: Client) -> Callable[..., SavedView]:
    def save(name: str = "Mine", state: str = "f=1&state=failed", **more: str) -> SavedView:
        data = {"name": name, "confirmed": "1", **more}
        answer = ana_client.post(
            f"{KEEP}views/new/", data, query_params={"state": state, "next": LIST}
        )
        assert answer.status_code == 302, answer.content.decode()
        return SavedView.objects.get(name=name)

    return save


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def names(html: str) -> list[str]:
    return [part.split(">", 1)[1].split("<")[0] for part in html.split('class="cell-title"')[1:]]


def test_a_view_keeps_filters_order_and_columns(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep(state="f=1&state=failed&sort=done&columns=kind,state")
    assert view.params == {"state": ["failed"]}
    html = shown(ana_client, f"{LIST}?view={view.public_id}")
    assert names(html) == ["Bread", "Apples"]
    head = html.split("<thead>")[1].split("</thead>")[0]
    assert head.index("Title") < head.index("Kind") < head.index("State")
    assert 'class="edited"' not in html


def test_a_private_view_is_nobody_elses(
    ana_client: Client,
    beto_client: Client,
    jobs: None,
    keep: Callable[..., SavedView],
):
    view = keep(name="Only Ana's")
    html = shown(beto_client, f"{LIST}?view={view.public_id}")
    assert "Only Ana" not in html
    assert "somebody's own or is gone" in html
    for page in ("", "save/", "copy/", "delete/", "restore/"):
        answer = beto_client.post(f"{KEEP}views/{view.public_id}/{page}")
        assert answer.status_code == 404
    view.refresh_from_db()
    assert view.deleted_at is None


def test_a_foreign_view_is_not_there_in_any_way(
    ana_client: Client,
    beto: User,
    beto_client: Client,
    jobs: None,
    keep: Callable[..., SavedView],
):
    view = keep(name="Only Ana's")
    url = f"{KEEP}views/{view.public_id}/"
    assert ana_client.get(url).status_code == 200
    assert beto_client.get(url).status_code == 404
    beto_client.post(f"{KEEP}views/default/", {"view": str(view.public_id)})
    assert not ListPreference.objects.filter(user=beto).exclude(default_view="").exists()
    ana_client.post(f"{url}delete/")
    assert ana_client.get(url).status_code == 404
    assert beto_client.post(f"{url}restore/").status_code == 404
    view.refresh_from_db()
    assert view.deleted_at is not None


def test_a_view_of_another_list_is_not_there(ana_client: Client, keep: Callable[..., SavedView]):
    view = keep()
    for page in ("", "save/", "copy/", "delete/"):
        answer = ana_client.post(f"/backoffice/lists/customers/views/{view.public_id}/{page}")
        assert answer.status_code == 404
    assert SavedView.objects.filter(deleted_at=None).count() == 1


def test_a_shared_view_is_everybodys_to_see_and_the_owners_to_change(
    ana_client: Client, beto_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep(name="For all", is_shared="on")
    assert "For all" in shown(beto_client, LIST)
    beto_client.post(f"{KEEP}views/{view.public_id}/delete/")
    beto_client.post(
        f"{KEEP}views/{view.public_id}/save/", {"version": "1"}, query_params={"state": "f=1"}
    )
    view.refresh_from_db()
    assert (view.deleted_at, view.params) == (None, {"state": ["failed"]})


def test_an_administrator_changes_a_shared_view(
    ana_client: Client, beto: User, beto_client: Client, jobs: None
):
    beto_client.post(
        f"{KEEP}views/new/",
        {"name": "Beto's", "is_shared": "on", "confirmed": "1"},
        query_params={"state": "f=1&state=queued", "next": LIST},
    )
    view = SavedView.objects.get(owner=beto)
    answer = ana_client.post(
        f"{KEEP}views/{view.public_id}/save/",
        {"version": "1"},
        query_params={"state": "f=1&state=failed", "next": LIST},
    )
    assert answer["Location"] == f"{LIST}?view={view.public_id}"
    view.refresh_from_db()
    assert view.params == {"state": ["failed"]}


def test_a_changed_view_offers_to_save_save_as_and_discard(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep()
    html = shown(ana_client, f"{LIST}?view={view.public_id}&f=1&state=queued")
    assert 'class="edited"' in html
    assert [word in html for word in ("Save view", "Save as", "Discard")] == [True] * 3
    assert f'href="{LIST}?view={view.public_id}"' in html


def test_another_order_changes_a_kept_view(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep(state="sort=title&state=failed&f=1")
    assert 'class="edited"' in shown(ana_client, f"{LIST}?view={view.public_id}&sort=-title")


def test_of_two_who_save_one_view_the_second_is_told(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep()
    save = f"{KEEP}views/{view.public_id}/save/"
    ana_client.post(save, {"version": "1"}, query_params={"state": "f=1&state=queued"})
    ana_client.post(save, {"version": "1"}, query_params={"state": "f=1"})
    view.refresh_from_db()
    assert (view.version, view.params) == (2, {"state": ["queued"]})


def test_a_name_is_given_once(ana_client: Client, jobs: None, keep: Callable[..., SavedView]):
    keep(name="Twice")
    answer = ana_client.post(f"{KEEP}views/new/", {"name": "Twice", "confirmed": "1"})
    assert answer.status_code == 422
    assert "There is a view of this name already." in answer.content.decode()


def test_the_view_one_starts_with_opens_the_bare_list(
    ana_client: Client, beto_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    keep(is_default="on", is_shared="on")
    assert sorted(names(shown(ana_client, LIST))) == ["Apples", "Bread"]
    assert len(names(shown(ana_client, f"{LIST}?view=all"))) == 3
    assert len(names(shown(beto_client, LIST))) == 3


def test_search_all_takes_every_preset_away(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    keep(is_default="on")
    html = shown(ana_client, LIST)
    assert f'href="{LIST}?view=all"' in html.split("Search all")[0].rsplit("<a", 1)[1]


def test_a_deleted_view_comes_back_by_undo(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep()
    page = ana_client.post(f"{KEEP}views/{view.public_id}/delete/", follow=True).content.decode()
    assert "The view “Mine” was deleted." in page
    assert f"{KEEP}views/{view.public_id}/restore/" in page
    assert "Mine</a>" not in shown(ana_client, LIST)
    ana_client.post(f"{KEEP}views/{view.public_id}/restore/")
    view.refresh_from_db()
    assert view.deleted_at is None


def test_a_copy_is_private_and_has_its_own_name(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep(is_shared="on")
    ana_client.post(f"{KEEP}views/{view.public_id}/copy/")
    ana_client.post(f"{KEEP}views/{view.public_id}/copy/")
    copies = SavedView.objects.exclude(pk=view.pk).order_by("id")
    assert [(one.name, one.is_shared) for one in copies] == [
        ("Copy of Mine", False),
        ("Copy 2 of Mine", False),
    ]


def test_each_person_orders_the_tabs(
    ana_client: Client, ana: User, jobs: None, keep: Callable[..., SavedView]
):
    view = keep(name="Zebra")
    ana_client.post(f"{KEEP}views/order/", {"move": f"up:{view.public_id}"})
    ana_client.post(f"{KEEP}views/order/", {"move": f"up:{view.public_id}"})
    assert ListPreference.objects.get(user=ana).view_order == [str(view.public_id), "all", "failed"]
    tabs = shown(ana_client, LIST).split('id="index-views"')[1].split("</nav>")[0]
    assert tabs.index("Zebra") < tabs.index("Failed")


def test_every_change_of_a_view_is_in_the_audit_trail(
    ana_client: Client, jobs: None, keep: Callable[..., SavedView]
):
    view = keep()
    ana_client.post(f"{KEEP}views/{view.public_id}/", {"name": "New", "confirmed": "1"})
    ana_client.post(f"{KEEP}views/{view.public_id}/delete/")
    actions = AuditEntry.objects.filter(action__startswith="kit.view_").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "kit.view_created",
        "kit.view_renamed",
        "kit.view_deleted",
    ]


def test_the_way_back_leads_to_no_other_site(ana_client: Client):
    answer = ana_client.post(f"{KEEP}columns/", {"next": "https://evil.example/backoffice/"})
    assert answer["Location"] == "/backoffice/"


def test_an_unknown_list_is_not_there(ana_client: Client):
    assert ana_client.get("/backoffice/lists/nothing/views/").status_code == 404


class TestColumns:
    def test_chosen_columns_are_remembered_for_the_person(
        self, ana_client: Client, beto_client: Client, jobs: None
    ):
        data = {"columns": ["kind", "state"], "next": f"{LIST}?sort=title"}
        answer = ana_client.post(f"{KEEP}columns/", data)
        assert answer["Location"] == f"{LIST}?sort=title"
        assert heads(shown(ana_client, LIST)) == ["Title", "Kind", "State"]
        assert heads(shown(beto_client, LIST)) == ["Title", "State", "Done", "Started"]

    def test_a_column_moves_by_its_buttons(self, ana_client: Client, jobs: None):
        columns = ["state", "done", "started"]
        answer = ana_client.post(
            f"{KEEP}columns/", {"columns": columns, "move": "up:done", "next": LIST}
        )
        assert answer["Location"] == f"{LIST}?open=columns"
        assert heads(shown(ana_client, LIST)) == ["Title", "Done", "State", "Started"]

    def test_they_go_back_to_what_they_were_at_first(self, ana_client: Client, jobs: None):
        ana_client.post(f"{KEEP}columns/", {"columns": ["kind"], "next": LIST})
        ana_client.post(f"{KEEP}columns/", {"columns": ["kind"], "reset": "1", "next": LIST})
        assert heads(shown(ana_client, LIST)) == ["Title", "State", "Done", "Started"]

    def test_in_a_kept_view_they_wait_in_the_address_until_it_is_saved(
        self, ana_client: Client, jobs: None, keep: Callable[..., SavedView]
    ):
        view = keep(state="state=failed&f=1&columns=kind")
        answer = ana_client.post(
            f"{KEEP}columns/",
            {"columns": ["done"], "in_url": "1", "next": f"{LIST}?view={view.public_id}"},
        )
        assert answer["Location"] == f"{LIST}?view={view.public_id}&columns=done"
        html = shown(ana_client, answer["Location"])
        assert heads(html) == ["Title", "Done"]
        assert "Save view" in html

    def test_other_columns_change_a_view_that_kept_the_usual_ones(
        self, ana_client: Client, jobs: None, keep: Callable[..., SavedView]
    ):
        view = keep()
        html = shown(ana_client, f"{LIST}?view={view.public_id}&columns=kind")
        assert 'class="edited"' in html
        assert "Save view" in html


def heads(html: str) -> list[str]:
    cells = html.split("<thead>")[1].split("</thead>")[0].split('<th scope="col"')[1:]
    texts = [cell.split(">", 1)[1].split("</th>")[0] for cell in cells]
    return [text.split(">", 1)[-1].split("<")[0].strip() or text.strip() for text in texts]


def test_a_list_of_a_permission_is_closed_to_others(
    staff_client: Callable[[User], Client],
):
    member = make_staff("dora@casaquillay.example", "Dora", "analyst")
    member.groups.clear()
    client = staff_client(member)
    assert client.get("/backoffice/lists/customers/views/").status_code == 403


OLD_FORMS = [
    ("began=sometime", "Began"),
    ("state=expired", "State"),
    ("began=last", "Began"),
    ("like=999999999", "Like"),
    ("like=x", "Like"),
    ("branch=7", "branch"),
]


@pytest.mark.parametrize(("state", "name"), OLD_FORMS)
def test_a_view_of_an_older_form_says_so_and_shows_nobody(
    ana: User, ana_client: Client, jobs: None, state: str, name: str
):
    view = SavedView.objects.create(
        list_key="some-jobs", owner=ana, name="Old", params=dict([state.split("=")])
    )
    html = shown(ana_client, f"{LIST}?view={view.public_id}")
    assert names(html) == []
    assert f"It is: {name}. What it asks for is gone" in html
    panel = html.split('id="index-filter"')[1].split(">")[0]
    assert not panel.endswith(" open")


def test_one_goes_on_without_what_is_gone_and_keeps_the_rest(
    ana: User, ana_client: Client, jobs: None
):
    view = SavedView.objects.create(
        list_key="some-jobs",
        owner=ana,
        name="Old",
        params={"state": ["failed"], "branch": ["7"], "began": ["sometime"]},
    )
    html = shown(ana_client, f"{LIST}?view={view.public_id}")
    link = html.split('<a class="btn btn-sm" href="')[1].split('"')[0].replace("&amp;", "&")
    assert sorted(names(shown(ana_client, link))) == ["Apples", "Bread"]


def test_of_several_choices_the_ones_that_are_left_hold(ana: User, ana_client: Client, jobs: None):
    apples = Job.objects.get(title="Apples")
    view = SavedView.objects.create(
        list_key="some-jobs", owner=ana, name="Old", params={"like": [str(apples.pk), "999999999"]}
    )
    assert names(shown(ana_client, f"{LIST}?view={view.public_id}")) == ["Apples"]


@pytest.mark.parametrize(("state", "name"), OLD_FORMS)
def test_a_bulk_action_over_a_filter_that_is_gone_reaches_nobody(
    ana_client: Client, jobs: None, state: str, name: str
):
    handled.clear()
    data = {"action": "plain", "select_all": "1", "query": f"f=1&{state}", "expected": "3"}
    answer = ana_client.post(LIST, data, follow=True)
    assert handled == []
    assert f"cannot be applied any more: {name}." in answer.content.decode()
    with pytest.raises(DomainError) as refusal:
        SomeJobs.selected({"query": f"f=1&{state}", "covers_all": True})
    assert refusal.value.code == "filters_gone"


def test_a_view_without_its_columns_and_its_order_opens_all_the_same(
    ana: User, ana_client: Client, jobs: None
):
    view = SavedView.objects.create(
        list_key="some-jobs",
        owner=ana,
        name="Old",
        params={"state": ["failed"]},
        sort="-weight",
        columns=["weight", "kind"],
    )
    assert sorted(names(shown(ana_client, f"{LIST}?view={view.public_id}"))) == ["Apples", "Bread"]
