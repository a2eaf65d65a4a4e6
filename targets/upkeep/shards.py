"""Who may write whose memberships: a shard of the customers has one owner at a time.

Owning is holding an advisory lock of the session: a worker that dies, with its host or without,
loses it with its connection. Workers that come later get their share.
"""

from targets.capture import SHARDS
from targets.upkeep.database import fetch

WORKER_CLASS = 7_305
SHARD_CLASS = 7_306
WORKERS = f"""
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = {WORKER_CLASS}
    AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608


class Shards:
    """``owned`` are those of this worker's present connection."""

    def __init__(self) -> None:
        self.owned: list[int] = []
        self._backend = 0

    def share(self) -> list[int]:
        """Take what is free, up to a fair share; leave what is more than that."""
        self._greet()
        workers = fetch(WORKERS)[0][0]
        fair = -(-SHARDS // max(1, workers))
        while len(self.owned) > fair:
            fetch("SELECT pg_advisory_unlock($1, $2)", SHARD_CLASS, self.owned.pop())
        for shard in range(SHARDS):
            if len(self.owned) >= fair:
                break
            if shard not in self.owned and _taken(SHARD_CLASS, shard):
                self.owned.append(shard)
        return self.owned

    def _greet(self) -> None:
        """A new connection owns nothing yet."""
        backend = fetch("SELECT pg_backend_pid()")[0][0]
        if backend != self._backend:
            self.owned, self._backend = [], backend
            _taken(WORKER_CLASS, backend)

    def leave(self) -> None:
        for shard in self.owned:
            fetch("SELECT pg_advisory_unlock($1, $2)", SHARD_CLASS, shard)
        if self._backend:
            fetch("SELECT pg_advisory_unlock($1, $2)", WORKER_CLASS, self._backend)
        self.owned, self._backend = [], 0


def _taken(lock_class: int, number: int) -> bool:
    return bool(fetch("SELECT pg_try_advisory_lock($1, $2)", lock_class, number)[0][0])
