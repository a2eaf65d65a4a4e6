"""A campaign's states: checklist, schedule, pause, cancel, two editors, commands."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.kit import clock
from config.kit.errors import DomainError
from messaging.models import Campaign, Delivery
from messaging.selectors.campaigns import campaign_check
from messaging.sending.sender import send_until_idle
from messaging.services.campaigns import (
    campaign_cancel,
    campaign_pause,
    campaign_resume,
    campaign_schedule,
    campaign_send,
    campaign_update,
    campaign_values,
)
from messaging.tasks import start_due
from tests.messaging.campaigns import Make, settled, states
from tests.messaging.sink import Sink


def test_a_campaign_pauses_resumes_and_is_cancelled(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    for number in range(3):
        reader(f"p{number}@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    campaign_pause(campaign=started, by=None)
    send_until_idle()
    assert sink.count == 0
    with pytest.raises(DomainError) as refused:
        campaign_pause(campaign=started, by=None)
    assert refused.value.code == "campaign_state"
    campaign_resume(campaign=started, by=None)
    send_until_idle()
    assert (sink.count, settled(started).state) == (3, "finished")
    second = campaign_send(campaign=campaign(name="Otra"), by=None)
    campaign_cancel(campaign=second, by=None)
    send_until_idle()
    assert (sink.count, states(second)) == (3, {"cancelled": 3})
    assert settled(second).state == "cancelled"


def test_a_campaign_needs_its_checklist(db: None, campaign: Make, reader: Make) -> None:
    draft = campaign(body="{{ nada }}", subject="", from_address="x\r\ny")
    blocking = [one.key for one in campaign_check(draft) if one.blocking and not one.passed]
    assert blocking == ["audience", "sender", "subject", "template"]
    with pytest.raises(DomainError):
        campaign_send(campaign=draft, by=None)
    draft.refresh_from_db()
    assert (draft.state, Delivery.objects.count()) == ("draft", 0)


def test_a_scheduled_campaign_starts_or_says_why_not(
    db: None, campaign: Make, reader: Make
) -> None:
    reader("a@uno.example")
    good, bad = campaign(name="Uno"), campaign(name="Dos")
    soon = clock.now() + timedelta(hours=1)
    for draft in (good, bad):
        campaign_schedule(campaign=draft, at=soon, by=None)
    start_due()
    assert set(Campaign.objects.values_list("state", flat=True)) == {"scheduled"}
    Campaign.objects.update(scheduled_at=clock.now())
    Campaign.objects.filter(pk=bad.pk).update(subject="")
    start_due()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("sending", "failed")
    assert bad.state_reason != ""


def test_two_editors_do_not_overwrite_each_other(db: None, campaign: Make) -> None:
    draft = campaign()
    values = campaign_values(draft)
    changed = campaign_update(campaign=draft, values=values, version=draft.version, by=None)
    assert changed.version == draft.version + 1
    with pytest.raises(DomainError) as refused:
        campaign_update(campaign=draft, values=values, version=draft.version, by=None)
    assert refused.value.code == "campaign_changed"


@pytest.mark.feature("O10")
def test_the_commands_tell_numbers_that_add_up(
    committed: None, sink: Sink, campaign: Make, reader: Make, tmp_path: Path, capsys: Any
) -> None:
    campaign()  # makes the target
    reader("a@uno.example")
    reader("b@uno.example", status="disabled")
    page = tmp_path / "page.html"
    page.write_text("<p>Hola {{ customer.first_name }}</p>", encoding="utf-8")

    def run(*arguments: str) -> dict[str, Any]:
        call_command(*arguments, "--json")
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    made = run(
        "campaign_create", "abril", "--target", "todos", "--subject", "Hola", "--html", str(page)
    )
    assert made == {"slug": "abril", "audience": 2, "reachable": 1}
    assert run("campaign_status", "abril")["state"] == "draft"
    sent = run("campaign_send", "abril")
    assert (sent["state"], sent["audience"]) == ("finished", 2)
    assert (sent["accepted"], sent["skipped"]) == (1, 1)
    assert sum(sent[state] for state in Delivery.State.values) == sent["audience"]
    with pytest.raises(CommandError):
        run("campaign_pause", "abril")
    with pytest.raises(CommandError, match="nada"):
        run("campaign_status", "nada")
