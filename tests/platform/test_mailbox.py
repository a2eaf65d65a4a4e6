"""The mailbox of development: mails come in by SMTP and are looked at in the browser."""

import re
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from django.test import Client

from config.mailbox import store
from config.mailbox.store import Receiver
from config.supervisor.machine import listen
from config.supervisor.places import ROOT
from tests.platform import mailbox_urls

PIXEL = b"\x89PNG\r\n\x1a\n"


def make_mail(
    subject: str = "Vuelve a verte, niña", to: str = "carla@correo.example"
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Casa Quillay <hola@casaquillay.example>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = "<1@casaquillay.example>"
    mail.set_content("Hola Carla.\nhttp://127.0.0.1/m/c/abc\n")
    mail.add_alternative(
        '<p onclick="steal()">Hola <b>Carla</b></p><script>steal()</script>'
        '<img src="cid:logo"><a href="http://127.0.0.1/m/c/abc?a=1&amp;b=2">ver</a>',
        subtype="html",
    )
    _text, page = mail.iter_parts()
    page.add_related(PIXEL, "image", "png", cid="<logo>")
    mail.add_attachment(b"<script>x</script>", "text", "html", filename="bases.html")
    return mail


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MAILBOX_DIR = str(tmp_path / "mailbox")
    settings.ROOT_URLCONF = mailbox_urls.__name__
    return tmp_path / "mailbox"


@pytest.fixture
def receive(folder: Path) -> Iterator[Callable[[EmailMessage], int]]:
    receiver = Receiver(folder)

    def add(mail: EmailMessage) -> int:
        return receiver.add("b@casaquillay.example", [str(mail["To"])], mail.as_bytes())

    yield add
    receiver.close()


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def smtp_port(folder: Path) -> Iterator[int]:
    with listen(12525) as listening:
        port, taken = listening.getsockname()[1], listening.fileno()
        server = subprocess.Popen(
            [sys.executable, "-m", "config.mailbox.server", str(folder), str(taken)],
            cwd=ROOT,
            pass_fds=(taken,),
        )
    yield port
    server.terminate()
    assert server.wait(10) == 0


def test_a_mail_sent_over_smtp_is_kept_byte_for_byte(folder: Path, smtp_port: int):
    sent = make_mail().as_bytes(policy=SMTP)
    with smtplib.SMTP("127.0.0.1", smtp_port) as client:
        client.sendmail("bounce+7@casaquillay.example", ["carla@correo.example"], sent)
    (kept,) = store.mails(folder)
    assert (kept.sender, kept.recipients, kept.subject, kept.message_id) == (
        "bounce+7@casaquillay.example",
        "carla@correo.example",
        "Vuelve a verte, niña",
        "<1@casaquillay.example>",
    )
    assert store.content_of(folder, kept.id) == sent


def read_replies(stream, count: int) -> list[str]:
    """So many replies, their continuation lines left out."""
    replies: list[str] = []
    while len(replies) < count:
        line = stream.readline().decode()
        if line[3] == " ":
            replies.append(line[:3])
    return replies


def test_commands_may_be_sent_without_waiting_for_each_reply(folder: Path, smtp_port: int):
    with (
        socket.create_connection(("127.0.0.1", smtp_port)) as client,
        client.makefile("rb") as said,
    ):
        client.sendall(b"EHLO here\r\n")
        assert read_replies(said, 2) == ["220", "250"]
        for number in range(200):
            client.sendall(
                b"MAIL FROM:<a@x.example>\r\nRCPT TO:<u%d@y.example>\r\nDATA\r\n" % number
            )
            assert read_replies(said, 3) == ["250", "250", "354"]
            client.sendall(b"Subject: n%d\r\n\r\n..dot\r\n.\r\n" % number)
            assert read_replies(said, 1) == ["250"]
    assert store.mail_count(folder) == 200
    (last,) = store.mails(folder, search="u199")
    assert store.content_of(folder, last.id).endswith(b".dot\r\n")


def test_the_mailbox_is_not_there_unless_it_is_asked_for(english: Client):
    assert english.get("/mailbox/").status_code == 404


@pytest.mark.django_db
def test_an_empty_mailbox_says_what_to_do(folder: Path, english: Client):
    assert "No mail has arrived yet" in english.get("/mailbox/").text


@pytest.mark.django_db
def test_mails_are_listed_newest_first_and_found_by_words(receive, english: Client):
    receive(make_mail("Primera", "uno@x.example"))
    receive(make_mail("Segunda 100%", "dos@x.example"))
    listed = re.findall(r'mailbox-subject">([^<]+)', english.get("/mailbox/").text)
    assert listed == ["Segunda 100%", "Primera"]
    found = re.findall(r'mailbox-subject">([^<]+)', english.get("/mailbox/?q=100%25+dos").text)
    assert found == ["Segunda 100%"]
    assert "No mail has" in english.get("/mailbox/?q=_").text


@pytest.mark.django_db
def test_older_mails_are_a_page_away(receive, english: Client):
    for number in range(51):
        receive(make_mail(f"N{number}"))
    first = english.get("/mailbox/").text
    assert "?q=&amp;before=2" in first
    assert re.findall(r'mailbox-subject">([^<]+)', english.get("/mailbox/?before=2").text) == ["N0"]


@pytest.mark.django_db
def test_the_html_is_an_answer_of_its_own_that_can_do_nothing(receive, english: Client):
    number = receive(make_mail())
    page = english.get(f"/mailbox/{number}/").text
    assert f'src="/mailbox/{number}/html"' in page
    assert "steal()" not in page
    answer = english.get(f"/mailbox/{number}/html")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "img-src *" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert f'<img src="/mailbox/{number}/files/1">' in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("text", "Hola Carla.\nhttp://127.0.0.1/m/c/abc"),
        ("headers", "&lt;1@casaquillay.example&gt;"),
        ("links", 'href="http://127.0.0.1/m/c/abc?a=1&amp;b=2"'),
        ("source", "Content-Type: multipart/mixed"),
    ],
)
def test_a_mail_is_taken_apart(receive, english: Client, shown: str, expected: str):
    number = receive(make_mail())
    assert expected in english.get(f"/mailbox/{number}/?show={shown}").text


@pytest.mark.django_db
def test_files_are_harmless_and_pictures_are_shown(receive, english: Client):
    number = receive(make_mail())
    picture = english.get(f"/mailbox/{number}/files/1")
    assert (picture.content, picture["Content-Type"]) == (PIXEL, "image/png")
    page = english.get(f"/mailbox/{number}/files/2")
    assert page["Content-Type"] == "application/octet-stream"
    assert page["Content-Disposition"] == "attachment"
    assert page["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["9/", "9/html", "9/source", "9/files/1", f"{10**30}/"])
def test_a_mail_that_is_not_there_is_not_found(receive, english: Client, address: str):
    receive(make_mail())
    assert english.get(f"/mailbox/{address}").status_code == 404


@pytest.mark.django_db
def test_a_broken_mail_is_shown_as_well_as_it_can(folder: Path, english: Client):
    receiver = Receiver(folder)
    number = receiver.add(
        "a@x.example", ["b@x.example"], b"Subject: =?nope?q?x?=\r\nno headers\xff"
    )
    receiver.close()
    for shown in ("html", "text", "headers", "links", "source"):
        assert english.get(f"/mailbox/{number}/?show={shown}").status_code == 200
