"""Token buckets: how fast a sender may go in all, and to each recipient domain. Pure but for time.

A domain that answers "later" is slowed at once and let faster again, mail by mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

FIRST_SLOW_RATE: Final = 20.0
LEAST_RATE: Final = 0.1
RECOVERY: Final = 1.05
FREE_RATE: Final = 500.0
PAUSE_SECONDS: Final = 2.0
MAX_PAUSE: Final = 300.0


@dataclass
class Bucket:
    """``rate`` mails a second, at most one second's worth at once; None is no limit."""

    rate: float | None
    most: float | None = None
    level: float = 1.0
    at: float = 0.0
    closed_until: float = 0.0
    pause: float = PAUSE_SECONDS

    def __post_init__(self) -> None:
        self.most = self.rate

    def wait(self, now: float) -> float:
        """Seconds until the next mail may go; 0 takes its place."""
        if now < self.closed_until:
            return self.closed_until - now
        if self.rate is None:
            return 0.0
        self.level = min(max(self.rate, 1.0), self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level >= 1.0:
            self.level -= 1.0
            return 0.0
        return (1.0 - self.level) / self.rate

    def slow_down(self, now: float) -> None:
        """The other side said "later"."""
        self.rate = max(LEAST_RATE, (self.rate or FIRST_SLOW_RATE) / 2)
        self.level = 0.0
        self.at = now
        if now >= self.closed_until:
            self.closed_until = now + self.pause
            self.pause = min(MAX_PAUSE, self.pause * 2)

    def succeeded(self) -> None:
        if self.rate is None or self.rate == self.most:
            return
        self.pause = PAUSE_SECONDS
        self.rate *= RECOVERY
        if self.most is not None and self.rate >= self.most:
            self.rate = self.most
        elif self.most is None and self.rate >= FREE_RATE:
            self.rate = None


@dataclass
class Limits:
    """``rate`` for this sender, ``domain_rates`` by domain; 0 is no limit."""

    rate: float = 0.0
    domain_rates: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._all = Bucket(self.rate or None)
        self._domains: dict[str, Bucket] = {}

    def _domain(self, name: str) -> Bucket:
        bucket = self._domains.get(name)
        if bucket is None:
            bucket = Bucket(self.domain_rates.get(name) or None)
            self._domains[name] = bucket
        return bucket

    def wait(self, domain: str, now: float) -> float:
        """Seconds until a mail to this domain may go; 0 takes its place in both buckets."""
        bucket = self._domain(domain)
        if seconds := bucket.wait(now):
            return seconds
        if seconds := self._all.wait(now):
            bucket.level += 1.0
        return seconds

    def deferred(self, domain: str, now: float) -> None:
        self._domain(domain).slow_down(now)

    def accepted(self, domain: str) -> None:
        self._domain(domain).succeeded()
