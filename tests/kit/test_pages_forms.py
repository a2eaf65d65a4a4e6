"""Forms, conflicts, confirmations, records: what they answer and what a reader gets to hear."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("tests.kit.pages_site"), pytest.mark.django_db]
FORM = "/backoffice/test/form/"
ERASE = "/backoffice/test/erase/"


def test_a_wrong_form_answers_422_and_keeps_what_was_typed(ana_client: Client):
    answer = ana_client.post(FORM, {"name": "", "email": "ana@@correo.example"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="ana@@correo.example"' in html
    assert "It was not saved: 2 things have to be corrected" in html


def test_the_summary_takes_the_focus_and_leads_to_the_fields(ana_client: Client):
    html = ana_client.post(FORM, {"name": ""}).content.decode()
    summary = html.split('class="errors"')[1].split("</div>")[0]
    assert 'tabindex="-1" data-autofocus' in summary
    assert '<a href="#id_name">Name</a>' in summary


def test_a_wrong_field_says_so_to_those_who_listen(ana_client: Client):
    html = ana_client.post(FORM, {"name": ""}).content.decode()
    field = html.split('id="id_name"')[0].rsplit("<input", 1)[1] + html.split('id="id_name"')[1]
    assert 'aria-invalid="true"' in field.split(">")[0]
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html


def test_what_is_not_required_is_called_optional(ana_client: Client):
    html = ana_client.get(FORM).content.decode()
    assert 'E-mail <span class="optional">optional</span>' in html
    assert "Name <span" not in html


def test_the_version_travels_with_the_form(ana_client: Client):
    assert 'name="version" value="7"' in ana_client.get(FORM).content.decode()


def test_a_conflict_shows_both_values_and_sends_the_chosen_one(ana_client: Client):
    post = {"name": "Anna", "email": "ana@correo.example", "version": "7"}
    answer = ana_client.post("/backoffice/test/conflict/", post)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert '<input type="radio" name="name" value="Anna" checked>' in html
    assert '<input type="radio" name="name" value="Ana María">' in html
    assert '<input type="hidden" name="email" value="ana@correo.example">' in html
    assert 'name="version" value="8"' in html
    assert 'value="7"' not in html


def test_a_confirmation_names_the_consequence(ana_client: Client):
    html = ana_client.get(ERASE).content.decode()
    assert "There is no way back." in html
    assert "Erase for ever" in html


@pytest.mark.parametrize(
    ("typed", "status"),
    [("ana@correo.example", 200), (" ÁNA@correo.example ", 200), ("ana", 422), ("", 422)],
)
def test_the_phrase_has_to_be_typed(ana_client: Client, typed: str, status: int):
    answer = ana_client.post(ERASE, {"confirmed": "1", "phrase": typed})
    assert answer.status_code == status


def test_htmx_gets_the_confirmation_as_a_dialog(ana_client: Client):
    headers = {"HX-Request": "true", "HX-Target": "dialog-body"}
    html = ana_client.get(ERASE, headers=headers).content.decode()
    assert html.startswith('<h1 id="dialog-title">Erase Ana</h1>')


class TestRecord:
    def test_each_tab_has_an_address_of_its_own(self, ana_client: Client):
        html = ana_client.get("/backoffice/test/record/late/").content.decode()
        tabs = html.split('class="tabs"')[1].split("</nav>")[0]
        assert tabs.index("/first/") < tabs.index("/late/")
        assert 'href="/backoffice/test/record/late/"' in tabs
        assert "1,234" in tabs

    def test_htmx_gets_tabs_and_panel_only(self, ana_client: Client):
        headers = {"HX-Request": "true", "HX-Target": "record-body"}
        html = ana_client.get("/backoffice/test/record/first/", headers=headers).content.decode()
        assert html.startswith('<div id="record-body"')
        assert "<h1>" not in html

    def test_a_tab_for_others_is_not_there(self, beto_client: Client):
        html = beto_client.get("/backoffice/test/record/first/").content.decode()
        answer = beto_client.get("/backoffice/test/record/secret/")
        assert "Secret" not in html
        assert answer.status_code == 404
