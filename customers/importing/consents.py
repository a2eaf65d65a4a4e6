"""What a row says about being written to."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from django.utils.translation import gettext as _

from config.kit.errors import DomainError

NO, COLUMN, YES = "no", "column", "yes"
TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class ConsentRules:
    """``mode``: nobody agreed, a column says so, or all did and ``evidence`` shows it.

    ``needs_proof``: the file has columns of proof (IP, confirmation) and a date alone is none.
    """

    mode: str
    evidence: str
    source: str
    has_answer: bool
    needs_proof: bool
    now: datetime

    @cached_property
    def for_all(self) -> str:
        """The statement that is the same for every row, as JSON."""
        said = {"channel": "email", "value": "granted", "level": "single"}
        return json.dumps([{**said, "evidence": self.evidence}], ensure_ascii=False)

    def of_row(self, values: dict[str, Any]) -> str | None:
        """The statements of a row as JSON, or None."""
        if self.mode == NO:
            return None
        if self.mode == YES:
            return self.for_all if "email" in values else None
        said = [one for one in (self._email(values), self._sms(values)) if one]
        return json.dumps(said, ensure_ascii=False) if said else None

    def _email(self, values: dict[str, Any]) -> dict[str, Any] | None:
        if "email" not in values:
            return None
        withdrawn_at: datetime | None = values.get("consent.withdrawn_at")
        if withdrawn_at:
            return self._statement(values, "email", "withdrawn", withdrawn_at)
        value = values.get("consent.email", "") if self.has_answer else self._by_proof(values)
        if not value:
            return None
        at = values.get("consent.confirmed_at") or values.get("consent.at")
        return self._statement(values, "email", value, at)

    def _by_proof(self, values: dict[str, Any]) -> str:
        if values.get("consent.confirmed_at"):
            return "granted"
        has_proof = values.get("consent.ip") or not self.needs_proof
        return "granted" if values.get("consent.at") and has_proof else ""

    def _sms(self, values: dict[str, Any]) -> dict[str, Any] | None:
        value = values.get("consent.sms", "")
        if not value or "phone" not in values:
            return None
        return self._statement(values, "sms", value, None)

    def _statement(
        self, values: dict[str, Any], channel: str, value: str, at: datetime | None
    ) -> dict[str, Any]:
        if at and at > self.now + TOLERANCE:
            raise DomainError(
                "consent_in_the_future",
                _("Nobody can have agreed in the future."),
                field="consent.at",
            )
        said: dict[str, Any] = {
            "channel": channel,
            "value": value,
            "evidence": values.get("consent.evidence") or self.source,
            "level": self._level(values, at),
        }
        if at:
            said["at"] = at.isoformat()
        if ip := values.get("consent.confirmed_ip") or values.get("consent.ip"):
            said["ip"] = ip
        return said

    def _level(self, values: dict[str, Any], at: datetime | None) -> str:
        if values.get("consent.confirmed_at"):
            return "confirmed"
        return "single" if at else "unknown"


def read_ip(text: str, field: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError as cause:
        raise DomainError("ip_unreadable", _("This is not an IP address."), field=field) from cause
