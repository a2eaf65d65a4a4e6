"""Requests about their data that people of the demo company made, each in another state."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.kit import clock
from customers.models import Customer, PrivacyRequest, PrivacyStep
from customers.rules.privacy_laws import due_on, law_key
from customers.services.activity import activity_record

State, Identity, Channel = PrivacyRequest.State, PrivacyRequest.Identity, PrivacyRequest.Channel
Right = PrivacyRequest.Right
LOOKED_BACK: Final = 90


@dataclass(frozen=True, kw_only=True)
class Story:
    """``left``: days to its last day, or as few more as a weekend asks for; else ``age``: days
    since it came.

    ``steps``: after so many days, what was done, and its words.
    """

    country: str
    right: str
    channel: str
    details: str
    identity: str
    state: str = State.OPEN
    left: int | None = None
    age: int = 0
    answer: str = ""
    steps: tuple[tuple[int, str, str], ...] = ()


STORIES: Final = (
    Story(
        country="CL",
        right=Right.ERASURE,
        channel=Channel.ACCOUNT,
        details=gettext_noop("I do not buy with you any more. Please delete what you have of me."),
        identity=Identity.PROVED,
        left=1,
    ),
    Story(
        country="ES",
        right=Right.ACCESS,
        channel=Channel.EMAIL,
        details=gettext_noop("I would like to know which data you hold of me and where from."),
        identity=Identity.PENDING,
        age=6,
    ),
    Story(
        country="AR",
        right=Right.RECTIFICATION,
        channel=Channel.PHONE,
        details=gettext_noop("My last name is spelled wrong on the parcels."),
        identity=Identity.PROVED,
        state=State.WAITING,
        age=3,
        steps=(
            (0, "identified", gettext_noop("Knew the number and the day of the last order.")),
            (1, "waiting", gettext_noop("Asked for a picture of the document.")),
        ),
    ),
    Story(
        country="CL",
        right=Right.ACCESS,
        channel=Channel.ACCOUNT,
        details=gettext_noop("Please send me a copy of my data."),
        identity=Identity.PROVED,
        state=State.GRANTED,
        age=20,
        answer=gettext_noop(
            "Here is the copy of your data. The link works for a day; tell us if you need another."
        ),
        steps=((1, "copied", ""), (1, "granted", "")),
    ),
)


@transaction.atomic
def requests_seed() -> int:
    """Write the stories, each of another person of its country; returns how many there are."""
    taken: list[int] = []
    for number, story in enumerate(STORIES):
        person = _person(story.country, taken)
        if person is not None:
            taken.append(person.pk)
            _tell(number, story, person)
    return len(taken)


def _person(country: str, taken: list[int]) -> Customer | None:
    known = Customer.objects.live().exclude(email="").exclude(pk__in=taken).order_by("pk")
    return known.filter(country=country).first() or known.first()


def _tell(number: int, story: Story, person: Customer) -> None:
    day, law = _came(story, person.country)
    last = PrivacyRequest.objects.create(
        public_id=uuid5(NAMESPACE_URL, f"{person.public_id}/requests/{number}"),
        customer=person,
        name=str(person),
        email=person.email,
        email_key=person.email_key,
        language=person.language or settings.SITE_LANGUAGE,
        right=story.right,
        channel=story.channel,
        country=person.country,
        law=law,
        details=_(story.details),
        received_on=day,
        due_on=due_on(law, story.right, person.country, day),
        identity=story.identity,
        state=story.state,
        answer=_(story.answer) if story.answer else "",
        answer_is_mailed=bool(story.answer),
        closed_at=_at(day, story.steps[-1][0]) if story.answer else None,
        created_at=_at(day, 0),
    )
    for after, verb, text in ((0, "received", ""), *story.steps):
        at = _at(day, after)
        PrivacyStep.objects.create(request=last, at=at, verb=verb, text=_(text) if text else "")
        activity_record(
            customer_id=person.pk,
            kind="privacy_request",
            at=at,
            origin="storefront" if story.channel == Channel.ACCOUNT else "backoffice",
            object_kind="privacy_request",
            object_id=last.pk,
            data={"verb": verb, "right": story.right},
        )


def _came(story: Story, country: str) -> tuple[date, str]:
    """The day on which it came, and the law of that day."""
    today = clock.today()
    days = [today - timedelta(days=back) for back in range(LOOKED_BACK)]
    if story.left is not None:
        last = today + timedelta(days=story.left)
        day = next(one for one in reversed(days) if _due(story, country, one) >= last)
    else:
        day = days[story.age]
    return day, law_key(country, day)


def _due(story: Story, country: str, day: date) -> date:
    return due_on(law_key(country, day), story.right, country, day)


def _at(day: date, after: int) -> datetime:
    """At ten of the site's morning, but never in the future."""
    ten = datetime.combine(day + timedelta(days=after), time(10), tzinfo=clock.site_zone())
    return min(ten, clock.now())
