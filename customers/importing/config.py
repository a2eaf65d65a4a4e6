"""What a batch says about its reading: made once, read by every process that works on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit import clock
from customers.importing.cleaning import Column, Extras, RowCleaner
from customers.importing.consents import NO, ConsentRules
from customers.importing.fields import IGNORED, LATER
from customers.importing.formats import FileFormat
from customers.importing.readers import Habits


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A custom field, without the database."""

    key: str
    label: str
    kind: str
    options: Any


@dataclass(frozen=True, kw_only=True)
class CleaningConfig:
    """All that a cleaning process needs, as plain values."""

    batch_id: int
    file_name: str
    names: list[str]
    format: Mapping[str, Any]
    columns: list[dict[str, Any]]
    options: Mapping[str, Any]
    custom: list[dict[str, Any]]
    now: str
    language: str

    def cleaner(self) -> RowCleaner:
        form = FileFormat.from_json(dict(self.format))
        now = datetime.fromisoformat(self.now)
        custom = {one["key"]: Definition(**one) for one in self.custom}
        habits = Habits(
            country=settings.SITE_COUNTRY,
            today=now.astimezone(clock.site_zone()).date(),
            now=now,
            zone=clock.site_zone(),
            date_order=form.date_order,
            decimal=form.decimal,
            custom=custom,  # type: ignore[arg-type]
        )
        columns = [one for one in self.columns if self._is_read(one)]
        return RowCleaner(
            batch_id=self.batch_id,
            names=self.names,
            columns=[
                Column(index=one["index"], name=one["name"], field=one["field"], path=one["path"])
                for one in columns
            ],
            habits=habits,
            consents=self._consents(columns, now),
            extras=Extras(
                tag=self.options.get("tag", ""),
                category=self.options.get("category", ""),
                activate=bool(self.options.get("activate")),
            ),
        )

    def _is_read(self, column: Mapping[str, Any]) -> bool:
        key = column["field"]
        if column.get("path"):
            return True
        if key.startswith("consent."):
            return self._consent_mode != NO
        return key not in (IGNORED, "attributes") and not key.startswith(LATER)

    @property
    def _consent_mode(self) -> str:
        return str(self.options.get("consent", {}).get("mode", NO))

    def _consents(self, columns: list[dict[str, Any]], now: datetime) -> ConsentRules:
        used = {one["field"]: one["name"] for one in columns}
        names = ", ".join(
            _("“%(name)s”") % {"name": name}
            for key, name in used.items()
            if key.startswith("consent.")
        )
        return ConsentRules(
            mode=self._consent_mode,
            evidence=self.options.get("consent", {}).get("evidence", ""),
            source=_("%(file)s, columns %(columns)s") % {"file": self.file_name, "columns": names},
            has_answer="consent.email" in used,
            needs_proof="consent.ip" in used or "consent.confirmed_at" in used,
            now=now,
        )
