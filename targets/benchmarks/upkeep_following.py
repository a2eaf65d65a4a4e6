"""What the worker's process of ``bench upkeep`` does, and the yardstick beside it."""

import json
import resource
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from types import FrameType
from typing import Any, Final

from django.db import transaction

from config.kit import clock
from targets.capture import SHARDS
from targets.upkeep.claims import claim_live
from targets.upkeep.worker import LIVE_ROWS, PAUSE, Report, Upkeep

LONG: Final = 24 * 3600.0


class StoppedError(Exception):
    """The one who started this process wants no more."""


class Teller:
    """Prints commits as they come; stops between two of them."""

    def __init__(self) -> None:
        self._is_over = False
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._is_over = True

    def hear(self, report: Report) -> None:
        self.tell(report.kind, report.at, report.since, report.late.total_seconds(), report.flips)

    def tell(
        self, kind: str, at: datetime, since: Sequence[datetime], late: float, flips: int
    ) -> None:
        """``flip_ms``: from the instant up to which time had been followed to this commit."""
        now = time.time()
        if since or late or flips:
            line: dict[str, Any] = {
                "kind": kind,
                "at": now,
                **costs(),
                "waits_ms": [round((now - one.timestamp()) * 1000, 1) for one in since],
                "flip_ms": round((now - at.timestamp() + late) * 1000, 1) if late else None,
                "flips": flips,
            }
            print(json.dumps(line), flush=True)  # noqa: T201
        if self._is_over:
            raise StoppedError


def costs() -> dict[str, float]:
    """What this process has used until now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": used.ru_utime + used.ru_stime, "rss_mb": used.ru_maxrss / 1024}


def follow() -> None:
    with suppress(StoppedError):
        Upkeep(on_batch=Teller().hear).run(LONG)


def follow_bare() -> None:
    """The yardstick: takes the same changes off the same queue, as often, and does nothing."""
    teller = Teller()
    with suppress(StoppedError):
        while True:
            with transaction.atomic():
                claim = claim_live(range(SHARDS), LIVE_ROWS)
            teller.tell("live", clock.now(), claim.since, 0.0, 0)
            if not claim.rows:
                time.sleep(PAUSE)
