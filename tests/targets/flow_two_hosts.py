"""Two workers of upkeep on two hosts share the shards; one is killed; the other takes them over.

The hosts are network namespaces: each worker reaches PostgreSQL by TCP over a veth pair, and sees
nothing else. Run by name, as root: ``manage.py test tests/targets/flow_two_hosts.py``.
"""

import os
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from customers.models import Activity, Customer, Tag, Tagging
from targets.capture import SHARDS
from targets.models import Target
from targets.selectors.evaluation import target_sql
from targets.services.refresh import target_refresh
from targets.services.targets import target_create
from targets.upkeep.auditing import Audit, targets_audit
from targets.upkeep.database import fetch
from targets.upkeep.shards import SHARD_CLASS
from tests.targets.conftest import document

WORKER = Path(__file__).with_name("upkeep_worker.py")
PEOPLE = 4_000
HALVES = [SHARDS // 2] * 2
RULES = {
    "vip": {"filter": "tags", "op": "any", "value": ["VIP"]},
    "reciente": {"filter": "login", "window": {"last": 30, "unit": "days"}},
    "ciudad": {"filter": "field", "field": "city", "op": "starts_with", "value": "Ciudad"},
    "dentro": {"not": {"filter": "target", "op": "any", "value": ["vip"]}},
}
HOLDERS = f"""
SELECT pid, array_agg(objid::int ORDER BY objid) FROM pg_locks
WHERE locktype = 'advisory' AND classid = {SHARD_CLASS} AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
GROUP BY pid
"""


def may_make_hosts() -> bool:
    tool = shutil.which("ip")
    if tool is None or os.geteuid() != 0:
        return False
    tried = f"clientela-try-{os.getpid()}"
    made = subprocess.run([tool, "netns", "add", tried], capture_output=True, check=False)
    subprocess.run([tool, "netns", "del", tried], capture_output=True, check=False)
    return made.returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not may_make_hosts(), reason="needs root and network namespaces (ip netns)"),
]


class Wire(socketserver.BaseRequestHandler):
    """Carries bytes between a host and PostgreSQL, both ways."""

    def handle(self) -> None:
        self.server.calls.append(self.client_address[0])  # type: ignore[attr-defined]
        with to_postgres(self.server.door) as inner:  # type: ignore[attr-defined]
            back = threading.Thread(target=carry, args=(inner, self.request), daemon=True)
            back.start()
            carry(self.request, inner)
            back.join(10)


class Gate(socketserver.ThreadingTCPServer):
    """The address at which a host finds PostgreSQL; ``calls`` says from where it was called."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), Wire)
        info = connection.connection.info
        self.calls: list[str] = []
        self.host = address
        self.door: tuple[str, int] = (info.host, info.port)


def to_postgres(door: tuple[str, int]) -> socket.socket:
    where, port = door
    if where.startswith("/"):
        found = socket.socket(socket.AF_UNIX)
        found.connect(f"{where}/.s.PGSQL.{port}")
        return found
    return socket.create_connection(door)


def carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            sink.sendall(chunk)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True)
class Host:
    """A worker on a host of its own; ``log`` has a line for each batch: how many people."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def taken(self) -> int:
        return sum(map(int, self.log.read_text().split()))


@contextmanager
def host(number: int, folder: Path) -> Iterator[Host]:
    """The host goes with its worker."""
    name, wire = f"clientela-{os.getpid()}-{number}", f"cl{os.getpid() % 10_000}{number}"
    net = f"10.213.{number}"
    ip("netns", "add", name)
    try:
        ip("link", "add", f"{wire}o", "type", "veth", "peer", "name", f"{wire}i", "netns", name)
        ip("addr", "add", f"{net}.1/24", "dev", f"{wire}o")
        ip("link", "set", f"{wire}o", "up")
        ip("-n", name, "addr", "add", f"{net}.2/24", "dev", f"{wire}i")
        ip("-n", name, "link", "set", f"{wire}i", "up")
        log = folder / f"{name}.log"
        with Gate(f"{net}.1") as gate, log.open("wb") as told:
            threading.Thread(target=gate.serve_forever, daemon=True).start()
            process = subprocess.Popen(
                ["ip", "netns", "exec", name, sys.executable, str(WORKER)],
                env={
                    **os.environ,
                    "DATABASE_URL": address_of(gate),
                    "JOB_DATABASE": str(connection.settings_dict["NAME"]),
                },
                stdout=told,
            )
            try:
                yield Host(process, log)
                assert set(gate.calls) == {f"{net}.2"}, "it came over its own wire"
            finally:
                process.kill()
                process.wait()
                gate.shutdown()
    finally:
        ip("netns", "del", name)


def address_of(gate: Gate) -> str:
    known = connection.settings_dict
    who = quote(str(known["USER"] or connection.connection.info.user))
    password = f":{quote(str(known['PASSWORD']))}" if known["PASSWORD"] else ""
    port = gate.server_address[1]
    return f"postgresql://{who}{password}@{gate.host}:{port}/{known['NAME']}"


def wait(condition: Callable[[], bool], what: str) -> float:
    """How long it took, in seconds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < 60, what
        time.sleep(0.05)
    return time.monotonic() - start


def shards() -> dict[int, list[int]]:
    """Those that each worker owns, by its connection."""
    return dict(fetch(HOLDERS))


def shares() -> list[int]:
    return sorted(len(owned) for owned in shards().values())


def is_done() -> bool:
    [(waiting,)] = fetch(
        "SELECT (SELECT count(*) FROM targets_change) + (SELECT count(*) FROM targets_bulkchange)"
    )
    return bool(waiting == 0)


def write(people: list[Customer], tag: Tag, round_: int) -> None:
    some = people[round_::5]
    Tagging.objects.filter(customer__in=some[::3]).delete()
    Tagging.objects.bulk_create(
        [Tagging(customer=one, tag=tag) for one in some], ignore_conflicts=True
    )
    for one in some[:40]:
        Customer.objects.filter(pk=one.pk).update(city=f"Ciudad {round_}")
    Activity.objects.bulk_create(
        Activity(customer=one, kind="login", occurred_at=one.created_at) for one in some[:200]
    )


@pytest.mark.feature("BX01", "BX05")
@pytest.mark.django_db(transaction=True)
def test_two_hosts_share_the_work_and_one_may_die(capsys, tmp_path):
    vip = Tag.objects.create(name="VIP")
    for slug, rule in RULES.items():
        target_refresh(target=target_create(slug=slug, name=slug, rule=document(rule)))
    people = Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(PEOPLE))
    with ExitStack() as hosts:
        first, second = (hosts.enter_context(host(number, tmp_path)) for number in (1, 2))
        wait(lambda: shares() == HALVES, "each takes half of the shards")
        wait(is_done, "the people are followed")
        taken = (first.taken, second.taken)
        write(people, vip, 0)
        both = wait(is_done, "two hosts follow")
        before = shards()
        assert shares() == HALVES
        wait(lambda: first.taken > taken[0] and second.taken > taken[1], "each follows some")
        done = (first.taken - taken[0], second.taken - taken[1])
        alone_from = second.taken
        write(people, vip, 1)
        first.process.kill()
        over = wait(lambda: shares() == [SHARDS], "the other takes over")
        write(people, vip, 2)
        alone = wait(is_done, "one host follows")
        assert second.process.poll() is None
        wait(lambda: second.taken > alone_from, "it goes on")
        [(heir, owned)] = shards().items()
        assert heir in before
        assert owned == sorted(shard for part in before.values() for shard in part)
        assert targets_audit() == Audit(checked=4, pending=0, drift=0)
    assert_members_are_exact()
    with capsys.disabled():
        print(
            f"\npeople followed by each: {done}, in {both:.2f} s; then one was killed: the other "
            f"owned its shards {over:.2f} s later and followed {second.taken - alone_from} people "
            f"within {alone:.2f} s of the last change"
        )


def assert_members_are_exact() -> None:
    for target in Target.objects.all():
        sql, params = target_sql(target)
        fresh = {one.pk for one in Customer.objects.raw(sql, params)}
        held = set(target.memberships.values_list("customer_id", flat=True))
        assert held == fresh, target.slug
        assert 0 < len(held) < PEOPLE, target.slug
