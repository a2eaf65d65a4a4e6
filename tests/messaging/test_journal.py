"""What the journal of a dead sender proves about its mails."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from config.kit import clock
from messaging.models import Campaign, Delivery, SenderLease
from messaging.sending.journal import Journal
from messaging.sending.sender import send_until_idle
from messaging.services.campaigns import (
    campaign_send,
)
from messaging.smtp.replies import Reply
from tests.messaging.campaigns import Make, settled, states
from tests.messaging.sink import Sink


def leased(campaign: Campaign, journal: Journal) -> list[Delivery]:
    """All rows of a campaign in flight in the hands of a sender that wrote this journal."""
    lease = SenderLease.objects.create(
        campaign_id=campaign.pk,
        host=socket.gethostname(),
        process=journal.token,
        journal=str(journal.path),
        lease_until=clock.now() + timedelta(minutes=5),
    )
    rows = Delivery.objects.filter(campaign_id=campaign.pk).order_by("id")
    rows.update(state="in_flight", lease_id=lease.pk, attempts=1)
    return list(rows)


@pytest.mark.feature("BX06")
def test_the_journal_of_a_dead_sender_decides(
    committed: None, sink: Sink, settings: Any, campaign: Make, reader: Make
) -> None:
    for number in range(4):
        reader(f"p{number}@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    journal = Journal(settings.JOURNAL_DIR)
    rows = leased(started, journal)
    for row in rows[:3]:
        journal.intent(row.pk)
    journal.reply(rows[0].pk, Reply(250, "2.0.0 Ok"))
    journal.reply(rows[1].pk, Reply(550, "5.1.1 no"))
    send_until_idle()
    assert states(started) == {"in_flight": 4}  # it lives: it holds its lock
    journal.abandon()
    send_until_idle()
    found = list(Delivery.objects.order_by("id").values_list("state", flat=True))
    assert found == ["accepted", "rejected", "unknown", "accepted"]
    assert [to for _from, to, _mail in sink.raw] == [rows[3].address]
    assert settled(started).state == "finished"
    assert not journal.path.exists()


def test_without_a_journal_the_rows_are_unknown_when_the_lease_is_over(
    committed: None, sink: Sink, settings: Any, campaign: Make, reader: Make
) -> None:
    reader("a@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    journal = Journal(settings.JOURNAL_DIR)
    leased(started, journal)
    journal.remove()
    send_until_idle()
    assert states(started) == {"in_flight": 1}
    SenderLease.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    send_until_idle()
    assert (states(started), sink.count) == ({"unknown": 1}, 0)


def test_a_journal_of_another_boot_proves_no_absence(
    committed: None, sink: Sink, settings: Any, campaign: Make, reader: Make
) -> None:
    reader("a@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    journal = Journal(settings.JOURNAL_DIR)
    leased(started, journal)
    journal.abandon()
    journal.path.write_text(f"H {journal.token} another-boot\n")
    send_until_idle()
    assert states(started) == {"unknown": 1}
