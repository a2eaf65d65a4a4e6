"""Servers that live as long as somebody uses them."""

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from config.mailbox import store
from config.supervisor import embedded, locks
from config.supervisor.errors import StartError
from config.supervisor.keeper import read_json
from config.supervisor.places import ROOT, Places, private_folder
from config.supervisor.postgres import Postgres, postgres_settings
from tests.platform.processes import processes_of, wait_until

USER = """
import sys
from pathlib import Path
from config.supervisor import embedded
from config.supervisor.places import Places
use = embedded.use("valkey", Places(Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.read()
"""


def start_user(var: Path) -> "subprocess.Popen[str]":
    """Another command that uses Valkey until its input ends."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(var)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    return user


def end(user: "subprocess.Popen[str]") -> None:
    user.communicate(timeout=20)


def test_two_commands_share_one_server_and_the_last_one_stops_it(var: Path):
    first = start_user(var)
    server = read_json(var / "run" / "valkey.json")["pid"]
    second = start_user(var)
    assert read_json(var / "run" / "valkey.json")["pid"] == server
    end(first)
    assert embedded.is_kept("valkey", Places(var))
    end(second)
    assert wait_until(lambda: processes_of(var) == [])


def test_the_server_goes_when_its_only_user_is_killed(var: Path):
    user = start_user(var)
    user.kill()
    end(user)
    assert wait_until(lambda: processes_of(var) == [])


def test_a_killed_server_is_started_again(var: Path):
    user = start_user(var)
    server = read_json(var / "run" / "valkey.json")["pid"]
    os.kill(server, signal.SIGKILL)
    assert wait_until(
        lambda: read_json(var / "run" / "valkey.json").get("pid") not in {server, None}
    )
    end(user)
    assert wait_until(lambda: processes_of(var) == [])


def test_a_killed_keeper_takes_its_server_along_and_is_replaced(var: Path):
    places = Places(var)
    use = embedded.use("valkey", places)
    server = read_json(var / "run" / "valkey.json")["pid"]
    os.kill(read_json(var / "run" / "valkey.json")["keeper"], signal.SIGKILL)
    assert wait_until(lambda: not embedded.is_kept("valkey", places))
    assert use.start_again_if_lost()
    assert read_json(var / "run" / "valkey.json")["pid"] != server
    assert not use.start_again_if_lost()
    assert use.leave_and_wait(20)
    assert wait_until(lambda: processes_of(var) == [])


@contextmanager
def mailbox_in(var: Path) -> Iterator[smtplib.SMTP]:
    """A connection to the mailbox there."""
    use = embedded.use("mailbox", Places(var))
    port = int(use.url.partition("?")[0].rpartition(":")[2])
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        yield client
    assert use.leave_and_wait(20)


def write(client: smtplib.SMTP, to: str) -> None:
    mail = EmailMessage("Hola", "Texto", "hola@casaquillay.example", [to]).message()
    client.sendmail("hola@casaquillay.example", [to], mail.as_bytes())


def test_mailboxes_that_start_at_once_each_keep_their_own_mail(var: Path):
    def kept(number: int) -> list[str]:
        places = Places(var / str(number))
        with mailbox_in(places.var) as client:
            write(client, f"{number}@correo.example")
            return [mail.recipients for mail in store.mails(places.mailbox)]

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(kept, range(6)))
    assert found == [[f"{number}@correo.example"] for number in range(6)]


def test_mail_waits_while_a_killed_mailbox_is_started_again(var: Path):
    with mailbox_in(var) as client:
        os.kill(read_json(var / "run" / "mailbox.json")["pid"], signal.SIGKILL)
        assert client.sock is not None
        with smtplib.SMTP("127.0.0.1", client.sock.getpeername()[1], timeout=60) as another:
            write(another, "carla@correo.example")
    assert [mail.recipients for mail in store.mails(Places(var).mailbox)] == [
        "carla@correo.example"
    ]


def test_those_who_look_at_a_lock_do_not_take_each_other_for_its_holder(tmp_path: Path):
    path = tmp_path / "valkey.keeper"
    path.touch()
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _turn: locks.is_held(path), range(20_000)))
    assert not any(seen)
    with locks.FileLock(path):
        assert locks.is_held(path)


@pytest.fixture
def old_data(var: Path) -> Path:
    data = var / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    return data


def test_data_of_another_major_version_is_named_and_left_alone(var: Path, old_data: Path):
    with pytest.raises(StartError) as refusal:
        embedded.use("postgres", Places(var))
    assert "was made by PostgreSQL 9; Clientela runs PostgreSQL" in str(refusal.value)
    assert "Nothing was changed" in str(refusal.value)
    assert [path.name for path in old_data.iterdir()] == ["PG_VERSION"]


def test_a_folder_that_is_no_database_is_left_alone(var: Path):
    data = var / "postgres"
    data.mkdir()
    (data / "photos.zip").write_text("mine")
    with pytest.raises(StartError, match="no PostgreSQL data"):
        Postgres(Places(var)).check_version(data)
    assert (data / "photos.zip").read_text() == "mine"


def test_a_long_path_gets_a_short_folder_for_its_sockets(tmp_path: Path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    places = Places(deep)
    places.prepare()
    folder = places.sockets("valkey")
    assert len(str(folder)) < 85
    assert folder.parent.stat().st_uid == os.getuid()
    folder.rmdir()
    folder.parent.rmdir()


def test_a_folder_that_somebody_else_put_there_is_refused(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(PermissionError):
        private_folder(tmp_path / "link")


def test_the_database_takes_an_eighth_of_the_memory_and_a_quarter_where_there_is_plenty():
    assert postgres_settings(256, throwaway=False)["shared_buffers"] == "64MB"
    assert postgres_settings(4096, throwaway=False)["shared_buffers"] == "512MB"
    assert postgres_settings(16384, throwaway=False)["shared_buffers"] == "4096MB"
    assert postgres_settings(65536, throwaway=False)["shared_buffers"] == "8192MB"


def test_only_a_throwaway_database_may_lose_what_it_was_told():
    assert "fsync" not in postgres_settings(4096, throwaway=False)
    assert postgres_settings(4096, throwaway=True)["fsync"] == "off"
