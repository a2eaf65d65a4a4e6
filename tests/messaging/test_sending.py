"""From the frozen audience to the numbers, through a real server that does and does not behave."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from config.kit import clock
from customers.models import Activity, Customer, Suppression
from customers.services.consent import consent_record
from messaging import tokens
from messaging.models import Delivery
from messaging.selectors.campaigns import audience_preview, campaign_numbers
from messaging.selectors.numbers import domain_numbers, minute_series
from messaging.sending.sender import send_until_idle
from messaging.services.campaigns import (
    campaign_send,
    unknown_resolve,
)
from messaging.smtp.client import Connection, Server
from tests.messaging.campaigns import Make, settled, states
from tests.messaging.sink import Sink


@pytest.mark.feature("MS01")
def test_the_audience_is_frozen_with_a_reason_for_everyone(
    db: None, campaign: Make, reader: Make, make_customer: Make
) -> None:
    reader("a@uno.example")
    reader("b@uno.example", language="en")
    blocked = reader("c@uno.example")
    Suppression.objects.create(address_key=blocked.email_key, reason="manual")
    reader("d@uno.example", status="disabled")
    left = reader("e@uno.example")
    consent_record(customer=left, channel="email", value="withdrawn", source="account")
    make_customer("f@uno.example")
    reader("")
    reader("no arroba")
    reader("g@uno.example", trashed_at=clock.now())
    draft = campaign()
    wanted = {
        "suppressed": 1,
        "inactive": 1,
        "unsubscribed": 1,
        "no_consent": 1,
        "no_address": 1,
        "invalid_address": 1,
    }
    found = audience_preview(draft)
    assert (found.total, found.reachable, found.reasons) == (8, 2, wanted)
    started = campaign_send(campaign=draft, by=None)
    assert started.audience_count == 8
    assert states(started) == {"pending": 2, **{f"skipped:{key}": 1 for key in wanted}}
    assert campaign_numbers(started).reasons == wanted
    languages = Delivery.objects.filter(state="pending").values_list("language", flat=True)
    assert sorted(languages) == ["en", "es"]


@pytest.mark.feature("MS01")
def test_a_mail_arrives_with_its_headers_variables_and_links(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    ana = reader("ana@uno.example", first_name="Ana <b>")
    started = campaign_send(
        campaign=campaign(reply_to="resp@quillay.example", from_name="Casa Ñ", preheader="Ya"),
        by=None,
    )
    send_until_idle()
    [(sender, recipient, mail)] = sink.mails
    delivery = Delivery.objects.get(customer=ana)
    assert (delivery.state, delivery.attempts, recipient) == ("accepted", 1, "ana@uno.example")
    assert delivery.reply.startswith("250 2.0.0 Ok")
    assert settled(started).state == "finished"
    assert mail["Subject"] == "Hola Ana <b>"
    assert mail["From"] == f"Casa Ñ <{django_settings.DEFAULT_FROM_EMAIL}>"
    assert mail["Reply-To"] == "resp@quillay.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mark = f"{started.pk}.{delivery.pk}.{tokens.message_mac(started.pk, delivery.pk)}"
    assert mail["Message-ID"].startswith(f"<d.{mark}@")
    assert mail["X-Delivery-ID"] == mark
    assert mail.get_content_type() == "multipart/alternative"
    pointer = tokens.read_short_token(
        tokens.RETURN_PATH, sender.partition("+")[2].partition("@")[0]
    )
    assert pointer is not None
    assert pointer.delivery_id == delivery.pk
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    leave = mail["List-Unsubscribe"].strip("<>")
    assert leave in html.get_content()
    assert leave in text.get_content()
    assert "Hola Ana &lt;b&gt;" in html.get_content()
    assert "Hola Ana <b>" in text.get_content()
    assert "quillay.example/mantas" not in html.get_content()
    assert html.get_content().count("/m/c/") == 2
    assert (
        Activity.objects.filter(customer=ana, kind="email_sent", context_id=started.pk).count() == 1
    )


def test_no_value_can_add_a_header_or_end_the_mail(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    reader("a@uno.example", first_name="x\r\nBcc: y@z.cl\r\n.\r\nMAIL FROM:<q@q.cl>\r\n")
    campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    [(_sender, _recipient, mail)] = sink.mails
    assert mail["Bcc"] is None
    assert "Bcc: y@z.cl" in mail["Subject"]
    assert mail.get_body(("html",)) is not None


def test_a_server_without_pipelining_gets_the_same(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    sink.pipelining = False
    sink.on_recipient = lambda to: b"550 5.1.1 no\r\n" if to.startswith("b@") else None
    for name in "abc":
        reader(f"{name}@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    assert states(started) == {"accepted": 2, "rejected": 1}
    assert sink.count == 2


@pytest.mark.feature("MS01")
def test_refusals_defer_or_end_and_only_dead_addresses_are_suppressed(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    answers = {
        "dead": b"550 5.1.1 no such user\r\n",
        "policy": b"550 5.7.1 spam, no such user\r\n",
        "later": b"450 4.2.0 greylisted\r\n",
    }
    sink.on_recipient = lambda to: answers.get(to.split("@")[0])
    sink.on_end = lambda to: b"554 5.6.0 no\r\n" if to.startswith("end") else None
    for name in ("fine", "dead", "policy", "later", "end"):
        reader(f"{name}@{name}.example")
    started = campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    assert states(started) == {"accepted": 1, "rejected": 3, "pending": 1}
    assert list(Suppression.objects.values_list("address_key", flat=True)) == ["dead@dead.example"]
    later = Delivery.objects.get(state="pending")
    assert later.attempts == 1
    assert later.not_before is not None
    assert timedelta(seconds=30) < later.not_before - clock.now() < timedelta(seconds=90)
    assert settled(started).state == "sending"
    bounced = Activity.objects.filter(kind="email_bounced").values_list("data", flat=True)
    assert sorted(one["code"] for one in bounced) == ["550", "550", "554"]
    sink.on_recipient = lambda _to: None
    Delivery.objects.filter(pk=later.pk).update(not_before=None)
    send_until_idle()
    assert settled(started).state == "finished"


def test_a_mail_without_an_answer_is_unknown_and_listed(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    sink.on_end = lambda to: b"drop" if to.startswith("x") else None
    for name in ("a", "b", "x1", "x2"):
        reader(f"{name}@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    assert states(started) == {"accepted": 2, "unknown": 2}
    assert settled(started).state == "finished"
    assert sink.count == 4  # these two had arrived: sending again would have been twice
    sink.on_end = lambda _to: None
    assert unknown_resolve(campaign=started, by=None, resend=True) == 2
    send_until_idle()
    assert states(started) == {"accepted": 4}


def test_a_connection_lost_before_the_dot_costs_no_attempt(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    dropped: list[str] = []

    def drop_once(to: str) -> bool:
        if to in dropped:
            return False
        dropped.append(to)
        return True

    sink.drop_before_dot = drop_once
    reader("a@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("accepted", 1)
    assert sink.count == 1
    assert settled(started).state == "finished"


def test_without_a_server_nothing_is_claimed_and_the_campaign_says_so(
    committed: None, settings: Any, campaign: Make, reader: Make
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL = {**settings.EMAIL, "host": "127.0.0.1", "port": free.getsockname()[1]}
    reader("a@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    report = send_until_idle()
    assert report.trouble != ""
    assert "ConnectionRefusedError" in settled(started).state_reason
    assert (started.state, states(started)) == ("sending", {"pending": 1})
    with Sink() as sink:
        settings.EMAIL = sink.email_setting
        send_until_idle()
    assert settled(started).state == "finished"
    assert started.state_reason == ""


def test_a_sender_that_the_server_refuses_harms_nobody(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    sink.on_mail = lambda _from: b"553 5.7.1 not your domain\r\n"
    reader("a@uno.example")
    started = campaign_send(campaign=campaign(), by=None)
    assert send_until_idle().trouble.startswith("553")
    assert states(started) == {"pending": 1}
    assert "553" in settled(started).state_reason


def test_who_leaves_after_the_freeze_gets_nothing(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    stays, goes, moved = (reader(f"{name}@uno.example") for name in ("a", "b", "c"))
    started = campaign_send(campaign=campaign(), by=None)
    consent_record(customer=goes, channel="email", value="withdrawn", source="account")
    moved.set_email("nueva@uno.example")
    moved.save()
    send_until_idle()
    assert states(started) == {"accepted": 2, "skipped:unsubscribed": 1}
    assert {to for _from, to, _mail in sink.raw} == {stays.email, "nueva@uno.example"}


def test_numbers_by_domain_and_over_time(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    for number in range(5):
        reader(f"p{number}@{'uno' if number < 3 else 'dos'}.example")
    started = campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    settled(started)
    assert [(one.domain, one.accepted) for one in domain_numbers(started)] == [
        ("uno.example", 3),
        ("dos.example", 2),
    ]
    series = minute_series(started)
    assert (sum(series.sent), series.step_seconds) == (5, 60)


def test_a_customer_of_the_client_says_goodbye() -> None:
    async def talk(port: int) -> bool:
        line = Connection(Server(host="127.0.0.1", port=port), hello="localhost")
        await line.open()
        usable = line.is_usable
        line.close()
        return usable and not line.is_usable

    with Sink() as sink:
        assert asyncio.run(talk(sink.port))


def test_customers_stay_as_they_are(
    committed: None, sink: Sink, campaign: Make, reader: Make
) -> None:
    ana = reader("a@uno.example", first_name="{{ 7 | times: 7 }}")
    campaign_send(campaign=campaign(), by=None)
    send_until_idle()
    assert "{{ 7 | times: 7 }}" in sink.mails[0][2]["Subject"]
    assert Customer.objects.get(pk=ana.pk).version == ana.version
