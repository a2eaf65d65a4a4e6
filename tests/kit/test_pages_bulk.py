"""Bulk actions: on ticked rows or on all that match, and never on more than was seen."""

import pytest
from django.test import Client

from config.kit.models import Job
from config.kit.pages import Selection
from tests.kit import pages_site
from tests.kit.pages_site import SomeJobs

pytestmark = [pytest.mark.urls("tests.kit.pages_site"), pytest.mark.django_db]
URL = "/backoffice/test/jobs/"


@pytest.fixture(autouse=True)
def nothing_handled_yet() -> None:
    pages_site.handled.clear()


@pytest.fixture
def jobs() -> list[Job]:
    return Job.objects.bulk_create(
        Job(kind="test", title=f"Job {n}", state="failed" if n < 2 else "queued") for n in range(5)
    )


def test_ticked_rows_are_the_selection(ana_client: Client, jobs: list[Job]):
    answer = ana_client.post(URL, {"action": "plain", "ids": [jobs[1].pk, jobs[3].pk]})
    assert answer.status_code == 302
    [(selection, data)] = pages_site.handled
    assert selection.ids == (str(jobs[1].pk), str(jobs[3].pk))
    assert data == {}


def test_all_that_match_is_the_filter_and_its_number(ana_client: Client, jobs: list[Job]):
    post = {"action": "plain", "select_all": "1", "query": "f=1&state=failed", "expected": "2"}
    ana_client.post(URL, post)
    [(selection, _data)] = pages_site.handled
    assert set(SomeJobs.rows_of(selection)) == set(jobs[:2])


def test_a_number_that_changed_is_asked_about_before_anything_happens(
    ana_client: Client, jobs: list[Job]
):
    post = {"action": "plain", "select_all": "1", "query": "f=1&state=failed", "expected": "3"}
    answer = ana_client.post(URL, post)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "2 match now, not the 3 that you saw." in html
    assert 'name="expected" value="2"' in html
    assert pages_site.handled == []


def test_a_number_that_nobody_saw_is_asked_about(ana_client: Client, jobs: list[Job]):
    post = {"action": "plain", "select_all": "1", "query": "", "expected": ""}
    answer = ana_client.post(URL, post)
    assert answer.status_code == 409
    assert pages_site.handled == []


def test_the_answer_to_the_question_does_it(ana_client: Client, jobs: list[Job]):
    post = {"action": "plain", "select_all": "1", "query": "", "expected": "5", "confirmed": "1"}
    assert ana_client.post(URL, post).status_code == 302
    assert len(pages_site.handled) == 1


def test_a_form_is_asked_for_and_its_data_reach_the_handler(ana_client: Client, jobs: list[Job]):
    post = {"action": "label", "ids": [jobs[0].pk]}
    asked = ana_client.post(URL, post)
    assert asked.status_code == 200
    assert 'name="label"' in asked.content.decode()
    ana_client.post(URL, {**post, "confirmed": "1", "label": "north"})
    [(_selection, data)] = pages_site.handled
    assert data == {"label": "north"}


def test_a_wrong_form_comes_back_with_the_selection(ana_client: Client, jobs: list[Job]):
    post = {"action": "label", "ids": [jobs[0].pk], "confirmed": "1", "label": ""}
    answer = ana_client.post(URL, post)
    assert answer.status_code == 422
    assert f'name="ids" value="{jobs[0].pk}"' in answer.content.decode()
    assert pages_site.handled == []


def test_a_refusal_of_the_handler_stands_at_its_field(ana_client: Client, jobs: list[Job]):
    post = {"action": "label", "ids": [jobs[0].pk], "confirmed": "1", "label": "forbidden"}
    answer = ana_client.post(URL, post)
    assert answer.status_code == 422
    assert "That label is taken." in answer.content.decode()


def test_the_consequence_is_named_first(ana_client: Client, jobs: list[Job]):
    answer = ana_client.post(URL, {"action": "drop", "ids": [one.pk for one in jobs[:3]]})
    assert "3 go away." in answer.content.decode()
    assert pages_site.handled == []


def test_nothing_selected_does_nothing(ana_client: Client, jobs: list[Job]):
    answer = ana_client.post(URL, {"action": "plain"}, follow=True)
    assert "Select at least one row first." in answer.content.decode()
    assert pages_site.handled == []


def test_who_may_not_gets_no_button_and_no_way_round_it(beto_client: Client, jobs: list[Job]):
    html = beto_client.get(URL).content.decode()
    answer = beto_client.post(URL, {"action": "owners", "ids": [jobs[0].pk]})
    assert 'value="owners"' not in html
    assert answer.status_code == 403
    assert pages_site.handled == []


def test_ids_that_are_none_select_nothing(jobs: list[Job]):
    selection = Selection(ids=("abc", "1; drop", str(jobs[0].pk)))
    assert list(SomeJobs.rows_of(selection)) == [jobs[0]]


def test_ids_of_rows_outside_the_list_are_left_out(jobs: list[Job]):
    other = Job.objects.create(kind="other", title="Not of this list")
    assert list(SomeJobs.rows_of(Selection(ids=(str(other.pk),)))) == []


def test_a_job_finds_the_selection_in_its_params(jobs: list[Job]):
    selection = Selection(query="f=1&state=failed", expected=2, covers_all=True)
    assert set(SomeJobs.selected(selection.to_params())) == set(jobs[:2])


def test_the_toast_offers_the_way_back(ana_client: Client, jobs: list[Job]):
    answer = ana_client.post(URL, {"action": "plain", "ids": [jobs[0].pk]}, follow=True)
    assert 'action="/backoffice/undo/"' in answer.content.decode()
