"""Tokens that cannot be forged, headers that cannot be broken."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from messaging import mime, tokens
from messaging.machines import is_machine
from messaging.sending.limits import Bucket, Limits
from messaging.smtp.replies import Fate, Reply, outcome_of

MOMENT = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)


def made(link: int = 3) -> str:
    return tokens.make_token(tokens.CLICK, delivery_id=77, created_at=MOMENT, link=link)


def test_a_token_names_its_delivery_second_and_link() -> None:
    pointer = tokens.read_token(tokens.CLICK, made())
    assert pointer is not None
    assert (pointer.delivery_id, pointer.link, pointer.created_second) == (77, 3, MOMENT)
    assert len(made()) == tokens.LENGTH


@given(position=st.integers(0, tokens.LENGTH - 1), letter=st.sampled_from("ABCxyz019-_"))
def test_no_letter_of_a_token_can_be_changed(position: int, letter: str) -> None:
    token = made()
    changed = token[:position] + letter + token[position + 1 :]
    assert (tokens.read_token(tokens.CLICK, changed) is None) is (changed != token)


@pytest.mark.parametrize(
    "text", ["", "x", "ñ" * 42, "A" * 42, "A" * 5000, made()[:-1], made() + "A"]
)
def test_what_is_no_token_is_nothing(text: str) -> None:
    assert tokens.read_token(tokens.CLICK, text) is None


def test_a_token_is_good_for_its_purpose_only() -> None:
    assert tokens.read_token(tokens.OPEN, made()) is None
    assert tokens.read_token(tokens.UNSUBSCRIBE, made()) is None


def test_tokens_outlive_a_change_of_the_key(settings: object) -> None:
    token = made()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "a-new-key-" * 6  # type: ignore[attr-defined]
    assert tokens.read_token(tokens.CLICK, token) is not None
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert tokens.read_token(tokens.CLICK, token) is None


def test_the_return_path_survives_relays_that_fold_the_case() -> None:
    signer = tokens.Signer(tokens.RETURN_PATH, mac_bytes=tokens.SHORT_MAC_BYTES)
    token = signer.short_token(77, tokens.second_of(MOMENT))
    pointer = tokens.read_short_token(tokens.RETURN_PATH, token.upper())
    assert pointer is not None
    assert pointer.delivery_id == 77
    assert len(f"bounces+{token}") <= 64
    assert tokens.read_short_token(tokens.RETURN_PATH, token[:-1] + "g") is None


@given(st.text())
def test_a_subject_stays_one_header(text: str) -> None:
    try:
        value = mime.header_text(text)
    except mime.HeaderRefused:
        assert any(sign in text for sign in "\r\n\x00")
        return
    raw = b"Subject: " + value + b"\r\nX-Next: 1\r\n\r\nbody"
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == ["Subject", "X-Next"]
    assert all(len(line) < 100 for line in raw.split(b"\r\n"))


def test_a_long_subject_comes_back_whole() -> None:
    text = "Otoño: “ñandúes”, 🧶 y mantas de Chiloé para toda la familia, hasta agotar existencias"
    raw = b"Subject: " + mime.header_text(text) + b"\r\n\r\n"
    assert message_from_bytes(raw, policy=policy.default)["subject"] == text


@pytest.mark.parametrize(
    "address",
    ["a@b.cl\r\nBcc: x@y.cl", "a b@c.cl", "a@", "<a@b.cl>", "a@b.cl,c@d.cl", "ñ@b.cl", ""],
)
def test_an_address_that_could_break_out_is_refused(address: str) -> None:
    with pytest.raises(mime.AddressRefused):
        mime.wire_address(address)


def test_a_domain_with_accents_goes_out_in_ascii() -> None:
    assert mime.wire_address("ana@ñandú.cl") == "ana@xn--and-6ma2c.cl"


def test_sender_names_are_quoted_or_encoded() -> None:
    assert mime.mailbox('Casa "Q", Ltda.', "a@b.cl") == b'"Casa \\"Q\\", Ltda." <a@b.cl>'
    assert mime.mailbox("Ñandú", "a@b.cl") == b"=?utf-8?b?w5FhbmTDug==?= <a@b.cl>"
    with pytest.raises(mime.HeaderRefused):
        mime.mailbox("a\r\nBcc: x@y.cl", "a@b.cl")


@pytest.mark.parametrize(
    ("reply", "fate", "hard"),
    [
        (Reply(250, "2.0.0 Ok"), Fate.ACCEPTED, False),
        (Reply(550, "5.1.1 no such user"), Fate.REJECTED, True),
        (Reply(550, "5.7.1 no such user here, says our policy"), Fate.REJECTED, False),
        (Reply(554, "5.7.515 not aligned"), Fate.REJECTED, False),
        (Reply(552, "5.2.2 mailbox full"), Fate.REJECTED, False),
        (Reply(550, "User unknown"), Fate.REJECTED, True),
        (Reply(550, "Blocked"), Fate.REJECTED, False),
        (Reply(451, "4.7.1 greylisted"), Fate.DEFERRED, False),
        (Reply(421, "4.3.2 closing"), Fate.NOT_SENT, False),
    ],
)
def test_answers_are_classed(reply: Reply, fate: Fate, hard: bool) -> None:
    outcome = outcome_of(reply, to_recipient=True)
    assert (outcome.fate, outcome.is_hard) == (fate, hard)


def test_a_bucket_lets_its_rate_through() -> None:
    bucket = Bucket(2.0)
    passed = [at for at in (second / 10 for second in range(100)) if bucket.wait(at) == 0.0]
    assert 20 <= len(passed) <= 22


def test_a_domain_that_says_later_is_slowed_alone() -> None:
    limits = Limits()
    limits.deferred("slow.example", 0.0)
    assert limits.wait("slow.example", 0.1) > 1.0
    assert limits.wait("quick.example", 0.1) == 0.0


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("method", "agent", "seconds", "is_open", "links", "machine"),
    [
        ("GET", BROWSER, 60, True, 0, False),
        ("GET", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)", 60, True, 0, False),
        ("GET", "Mozilla/5.0", 60, True, 0, True),
        ("HEAD", BROWSER, 60, False, 0, True),
        ("GET", BROWSER, 1, True, 0, True),
        ("GET", BROWSER, 60, False, 4, True),
        ("GET", "Barracuda Sentinel (EE)", 60, False, 0, True),
        ("GET", "", 60, False, 0, True),
    ],
)
def test_machines_are_told_from_people(
    method: str, agent: str, seconds: int, is_open: bool, links: int, machine: bool
) -> None:
    at = datetime.fromtimestamp(MOMENT.timestamp() + seconds, tz=UTC)
    found = is_machine(
        method=method,
        user_agent=agent,
        sent_at=MOMENT,
        at=at,
        is_open=is_open,
        links_just_now=links,
    )
    assert found is machine


def test_the_settings_of_a_sender_have_no_limit_at_first() -> None:
    assert settings.SENDING_RATE == 0
    assert settings.SENDING_DOMAIN_RATES == {}
