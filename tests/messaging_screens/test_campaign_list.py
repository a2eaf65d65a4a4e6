"""The list of campaigns, and what messaging shows elsewhere: menu, search, home, targets."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import home, nav, search
from customers.models import User
from messaging.models import Campaign
from messaging.services.campaigns import campaign_clone
from targets.models import Target
from targets.registry import uses_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS01")]
Sent = Callable[..., Campaign]
LIST = "/backoffice/campaigns/"


def test_a_line_says_audience_sent_and_rates(ana_client: Client, sent: Sent) -> None:
    sent({"accepted": 3, "rejected": 1, "skipped:no_consent": 2})

    [row] = ana_client.get(LIST).context["index"].rows

    cells = {cell.column.key: cell.html for cell in row.cells}
    assert "Preventa" in cells["name"]
    assert "Todos" in cells["audience"]
    assert (cells["people"], cells["sent"]) == ("6", "4")
    assert "0.0%" in cells["opened"]


def test_views_hold_their_states(ana_client: Client, ana: User, sent: Sent) -> None:
    campaign = sent({"accepted": 1})
    campaign_clone(campaign=campaign, by=ana, name="Borrador")

    def found(view: str) -> int:
        return len(ana_client.get(LIST, {"view": view}).context["index"].rows)

    counts = {view: found(view) for view in ("all", "drafts", "scheduled", "sending", "finished")}
    assert counts == {"all": 2, "drafts": 1, "scheduled": 0, "sending": 0, "finished": 1}


def test_search_by_name_or_subject(ana_client: Client, draft: Campaign) -> None:
    assert len(ana_client.get(LIST, {"q": "preven"}).context["index"].rows) == 1
    assert len(ana_client.get(LIST, {"q": "nada"}).context["index"].rows) == 0


def test_the_empty_list_teaches(ana_client: Client) -> None:
    html = ana_client.get(LIST).content.decode()

    assert "Write to the people of a target" in html
    assert "New campaign" in html


def test_who_only_reads_sees_no_button_to_write(beto_client: Client, draft: Campaign) -> None:
    answer = beto_client.get(LIST)

    assert answer.status_code == 200
    assert "campaigns/new/" not in answer.content.decode()


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    ana_client: Client, ana: User, draft: Campaign
) -> None:
    ana_client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        ana_client.get(LIST)
    for number in range(11):
        campaign_clone(campaign=draft, by=ana, name=f"Copia {number}")
    with CaptureQueriesContext(connection) as many:
        ana_client.get(LIST)

    assert len(many) == len(few)


def test_the_menu_shows_what_one_may_see(ana: User) -> None:
    nobody = SimpleNamespace(pk=0, language="es", has_perm=lambda _permission: False)

    seen = [item.url_name for item in nav.visible_items(ana)["messaging"]]

    assert seen == [
        "messaging:campaign-list",
        "messaging:message-list",
        "messaging:unsubscription-list",
    ]
    assert "messaging" not in nav.visible_items(nobody)


def test_the_global_search_finds_campaigns(ana: User, draft: Campaign) -> None:
    [hits] = [hits for kind, hits in search.find("preventa", user=ana) if kind.icon == "send"]

    assert [hit.title for hit in hits] == ["Preventa"]


def test_a_target_knows_the_campaigns_that_use_it(draft: Campaign, target: Target) -> None:
    assert [use.label for use in uses_of(target)] == ["Preventa"]


def test_home_tells_of_a_campaign_in_trouble(ana_client: Client, ana: User, sent: Sent) -> None:
    campaign = sent({"pending": 1}, state="sending")
    assert home.attention["messaging.trouble"].find(ana) == []

    campaign.state_reason = "El servidor no contesta"
    campaign.save()

    [notice] = home.attention["messaging.trouble"].find(ana)
    assert notice.detail == "El servidor no contesta"
    html = ana_client.get("/backoffice/").content.decode()
    assert "El servidor no contesta" in html
    assert "Latest campaigns" in html
