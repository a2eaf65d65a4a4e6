"""The page of a campaign: its numbers add up and each leads to its people."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.services.activity import activity_record
from messaging.models import Campaign, Delivery, Link

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS01")]
Sent = Callable[..., Campaign]
MIXED = {
    "accepted": 5,
    "rejected": 1,
    "bounced": 2,
    "pending": 3,
    "in_flight": 1,
    "unknown": 1,
    "skipped:no_consent": 4,
    "skipped:suppressed": 2,
    "cancelled": 1,
}


def page(client: Client, campaign: Campaign, panel: str = "", **query: str) -> Any:
    if not panel:
        return client.get(reverse("messaging:campaign", args=[campaign.public_id]), query)
    return client.get(reverse("messaging:campaign-panel", args=[campaign.public_id, panel]), query)


def figures(html: str) -> list[int]:
    """The big numbers of the sum, in order."""
    return [
        int(one.replace(",", "")) for one in re.findall(r'<p class="figure">([\d,]+)</p>', html)
    ]


def test_the_audience_is_the_sum_of_its_terms(ana_client: Client, sent: Sent) -> None:
    html = page(ana_client, sent(MIXED, state="paused")).content.decode()

    audience, *terms = figures(html)
    assert audience == 20
    assert terms == [8, 4, 7, 1]
    assert "It adds up, 0 unexplained" in html


def test_the_lines_of_each_term_add_up_to_it(ana_client: Client, sent: Sent) -> None:
    answer = page(ana_client, sent(MIXED, state="paused"))

    for group in answer.context["groups"]:
        if group.lines:
            assert sum(line.count for line in group.lines) == group.count, group.key


def test_a_row_that_is_missing_is_called_unexplained(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 3})
    Delivery.objects.filter(campaign_id=campaign.pk)[0].delete()

    html = page(ana_client, campaign).content.decode()

    assert "1 unexplained" in html
    assert "It adds up" not in html


def test_each_count_leads_to_as_many_people(ana_client: Client, sent: Sent) -> None:
    campaign = sent(MIXED, state="paused")
    groups = page(ana_client, campaign).context["groups"]

    for line in (line for group in groups for line in group.lines if line.count):
        key, _, value = line.query.partition("=")
        rows = page(ana_client, campaign, "people", **{key: value}).context["rows"]
        assert len(rows) == line.count, line.query


def test_what_programs_opened_counts_in_no_rate(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 4})
    first, second, *_rest = Delivery.objects.filter(campaign_id=campaign.pk).order_by("id")
    Delivery.objects.filter(pk=first.pk).update(opened_at=first.sent_at)
    Delivery.objects.filter(pk=second.pk).update(machine_opened_at=second.sent_at)

    answer = page(ana_client, campaign)
    opened = answer.context["deeds"][0]

    assert (opened.count, opened.ratio, opened.machines) == (1, 0.25, 1)
    assert "1 was opened by mail programs" in answer.content.decode()


def test_links_show_their_share_of_the_clicks(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 2})
    for position, name in ((1, "mantas"), (2, "jarros")):
        url = f"https://quillay.example/{name}"
        Link.objects.create(campaign=campaign, position=position, url=url, label=name)
    for delivery, links in zip(Delivery.objects.order_by("id"), ([1, 1, 2], [1]), strict=True):
        Delivery.objects.filter(pk=delivery.pk).update(clicked_at=delivery.sent_at)
        for link in links:
            activity_record(
                customer_id=delivery.customer_id,
                kind="email_clicked",
                object_kind="delivery",
                object_id=delivery.pk,
                context_id=campaign.pk,
                data={"link": link},
            )

    lines = page(ana_client, campaign, "links").context["links"]

    assert [(one.label, one.clicks, one.share) for one in lines] == [
        ("mantas", 3, 0.75),
        ("jarros", 1, 0.25),
    ]


def test_only_a_campaign_that_is_being_sent_is_polled(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"pending": 1}, state="sending")
    assert 'hx-trigger="every 3s"' in page(ana_client, campaign).content.decode()

    campaign.state = "paused"
    campaign.save()
    assert "every 3s" not in page(ana_client, campaign).content.decode()


def test_a_poll_that_meets_another_state_starts_the_page_anew(
    ana_client: Client, sent: Sent
) -> None:
    url = reverse("messaging:campaign-live", args=[sent({"accepted": 1}).public_id])

    stale = ana_client.get(url, {"was": "sending"})
    fresh = ana_client.get(url, {"was": "finished"})

    assert (stale.status_code, stale.headers["HX-Refresh"]) == (204, "true")
    assert figures(fresh.content.decode()) == [1, 1, 0, 0, 0]


def test_the_chart_has_its_table(ana_client: Client, sent: Sent) -> None:
    html = page(ana_client, sent({"accepted": 2})).content.decode()

    assert '<svg class="plot"' in html
    assert "View table" in html


def test_people_are_paged_without_a_gap_or_a_double(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 60})
    first = page(ana_client, campaign, "people")
    second = ana_client.get(first.context["next_url"])
    back = ana_client.get(second.context["previous_url"])

    seen = [row.delivery.pk for row in first.context["rows"] + second.context["rows"]]
    assert len(seen) == len(set(seen)) == 60
    assert second.context["next_url"] == ""
    assert [row.delivery.pk for row in back.context["rows"]] == seen[:50]


def test_pages_ask_the_same_number_of_questions_for_any_number_of_people(
    ana_client: Client, sent: Sent
) -> None:

    campaign = sent({"accepted": 1})
    page(ana_client, campaign, "people")
    with CaptureQueriesContext(connection) as few:
        page(ana_client, campaign, "people")
    sent({"rejected": 12})
    with CaptureQueriesContext(connection) as many:
        page(ana_client, campaign, "people")

    assert len(many) == len(few)


def test_the_log_says_who_did_what(ana_client: Client, draft: Campaign) -> None:
    html = page(ana_client, draft, "log").content.decode()

    assert "Ana Millaray created the campaign." in html


def test_a_panel_that_does_not_exist_is_not_found(ana_client: Client, draft: Campaign) -> None:
    assert page(ana_client, draft, "nothing").status_code == 404


def test_a_draft_opens_in_the_composer_only_for_those_who_write(
    ana_client: Client, beto_client: Client, draft: Campaign
) -> None:
    edit = reverse("messaging:campaign-edit", args=[draft.public_id, "audience"])

    assert page(ana_client, draft).headers["Location"] == edit
    assert page(beto_client, draft).status_code == 200
