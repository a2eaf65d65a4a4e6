"""Which law gives a person what right over their data, until when it is to be answered, and how far
that can be put off. Checked by a lawyer before it is relied on; each law names where it says so.

``eu``: Regulation (EU) 2016/679, art. 12(3): one month, two more for complex or many requests, with
the reasons told within the first month. In Spain also LO 3/2018, art. 12. A last day that is no
working day moves to the next one (Regulation 1182/71, art. 3(4)).
``cl_1999``: Ley 19.628 as it stands until 30 November 2026, art. 16: two working days.
``cl``: Ley 19.628 as Ley 21.719 makes it from 1 December 2026 on, art. 11: 30 calendar days, once
30 more; a temporary block is answered within two working days.
``mx``: LFPDPPP of 20 March 2025, chapter on the exercise of the ARCO rights: 20 working days, once
as many more; what is granted is carried out within 15 working days of the answer.
``br``: Lei 13.709/2018 (LGPD), art. 19 II: 15 days for a complete answer.
``ar``: Ley 25.326, art. 14(2): access within 10 calendar days; art. 16(2): the rest within 5
working days.
``co``: Ley 1581 of 2012, art. 14: queries 10 working days, 5 more; art. 15: claims 15 working days,
8 more.
``pe``: Ley 29733 and DS 016-2024-JUS: access 20 working days, the rest 10, each once as many more.
``uy``: Ley 18.331, arts. 14 and 15: 5 working days.
``ec``: Ley Orgánica de Protección de Datos Personales, arts. 13 to 17: 15 days.
``house``: no law that this table knows: the shop answers within 30 days.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.rules.working_days import next_working, working_days_after

ACCESS, PORTABILITY, RECTIFICATION = "access", "portability", "rectification"
ERASURE, OBJECTION, RESTRICTION = "erasure", "objection", "restriction"
EU: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
CHILE_CHANGES: Final = date(2026, 12, 1)


@dataclass(frozen=True)
class Span:
    """``calendar`` days, ``working`` days of the country, or ``months`` to the same day."""

    count: int
    unit: Literal["calendar", "working", "months"]

    def after(self, day: date, country: str) -> date:
        if self.unit == "working":
            return working_days_after(day, self.count, country)
        if self.unit == "calendar":
            return day + timedelta(days=self.count)
        return next_working(_months_after(day, self.count), country)


@dataclass(frozen=True, kw_only=True)
class Law:
    """``answer`` and ``extension`` hold for every right but those of ``of_right`` and
    ``extension_of``; no extension: the law allows none.
    """

    name: str | Promise
    answer: Span
    extension: Span | None = None
    of_right: Mapping[str, Span] = field(default_factory=dict)
    extension_of: Mapping[str, Span | None] = field(default_factory=dict)

    def span(self, right: str) -> Span:
        return self.of_right.get(right, self.answer)

    def extension_for(self, right: str) -> Span | None:
        return self.extension_of.get(right, self.extension)


def _calendar(count: int) -> Span:
    return Span(count, "calendar")


def _working(count: int) -> Span:
    return Span(count, "working")


LAWS: Final[dict[str, Law]] = {
    "eu": Law(name=_("GDPR"), answer=Span(1, "months"), extension=Span(2, "months")),
    "cl_1999": Law(name=_("Law 19.628 (Chile)"), answer=_working(2)),
    "cl": Law(
        name=_("Law 19.628 as changed by 21.719 (Chile)"),
        answer=_calendar(30),
        extension=_calendar(30),
        of_right={RESTRICTION: _working(2)},
        extension_of={RESTRICTION: None},
    ),
    "mx": Law(name=_("LFPDPPP (Mexico)"), answer=_working(20), extension=_working(20)),
    "br": Law(name=_("LGPD (Brazil)"), answer=_calendar(15)),
    "ar": Law(
        name=_("Law 25.326 (Argentina)"),
        answer=_working(5),
        of_right={ACCESS: _calendar(10), PORTABILITY: _calendar(10)},
    ),
    "co": Law(
        name=_("Law 1581 (Colombia)"),
        answer=_working(15),
        extension=_working(8),
        of_right={ACCESS: _working(10), PORTABILITY: _working(10)},
        extension_of={ACCESS: _working(5), PORTABILITY: _working(5)},
    ),
    "pe": Law(
        name=_("Law 29733 (Peru)"),
        answer=_working(10),
        extension=_working(10),
        of_right={ACCESS: _working(20)},
        extension_of={ACCESS: _working(20)},
    ),
    "uy": Law(name=_("Law 18.331 (Uruguay)"), answer=_working(5)),
    "ec": Law(name=_("LOPDP (Ecuador)"), answer=_calendar(15)),
    "house": Law(name=_("Own rule of the shop"), answer=_calendar(30)),
}
OF_COUNTRY: Final = {"MX": "mx", "BR": "br", "AR": "ar", "CO": "co", "PE": "pe"} | {
    **dict.fromkeys(EU, "eu"),
    "UY": "uy",
    "EC": "ec",
}
COUNTRIES: Final = ("CL", *OF_COUNTRY)


def law_key(country: str, received_on: date) -> str:
    """The law of a country for what came in on that day."""
    if country == "CL":
        return "cl" if received_on >= CHILE_CHANGES else "cl_1999"
    return OF_COUNTRY.get(country, "house")


def due_on(law: str, right: str, country: str, received_on: date) -> date:
    """The last day for the answer."""
    return LAWS[law].span(right).after(received_on, country)


def extended_until(law: str, right: str, country: str, received_on: date) -> date | None:
    """The last day after the one extension that the law allows; None: it allows none.

    Months run from the day of receipt, since "two more months" may not shift with a holiday.
    """
    rule = LAWS[law]
    more = rule.extension_for(right)
    if more is None:
        return None
    first = rule.span(right)
    if first.unit == more.unit:
        return Span(first.count + more.count, first.unit).after(received_on, country)
    return more.after(first.after(received_on, country), country)


def _months_after(day: date, count: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )
