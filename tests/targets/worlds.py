"""Small made-up companies: people full of gaps and of events at the edges of windows."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from customers.models import (
    Activity,
    Address,
    Category,
    CategoryAssignment,
    ConsentState,
    Customer,
    CustomerPhone,
    CustomField,
    ExternalId,
    Tag,
    Tagging,
    User,
)
from messaging.models import Campaign, Delivery
from targets.models import StaticEntry, StaticList
from tests.targets.oracle import Event, Mail, Person
from tests.targets.oracle_values import ZONE, as_instant, shift

CITIES = ["", "Ñuñoa", "ñunoa", "Santiago", "SANTIAGO", "La Serena", "Éibar", "Donostia"]
TAGS = ["VIP", "mayorista", "Ñandú"]
CATEGORIES = ["preferentes", "socios"]
LISTS = ["invitados", "ganadores"]
CAMPAIGNS = ["otono", "aniversario"]
DEVICES = ["desktop", "mobile", "tablet"]
PLANS = ["gold", "black"]
PHONES = ["+56222345678", "+56223456789", "+34915551234"]
INSTANTS = [
    datetime(2026, 11, 23, 14, 5, 12, 500000, tzinfo=UTC),
    datetime(2026, 9, 7, 3, 30, tzinfo=UTC),
    datetime(2026, 4, 6, 3, 15, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 1, 2, 59, 59, tzinfo=UTC),
    datetime(2027, 3, 1, 3, 0, tzinfo=UTC),
]


def edges(t: datetime) -> list[datetime]:
    """Instants at which some window begins or ends, and their neighbours."""
    local = t.astimezone(ZONE)
    found = [t]
    for length, unit in [(1, "days"), (7, "days"), (30, "days"), (1, "months"), (1, "years")]:
        day = shift(local.date(), -length, unit)
        found.append(as_instant(datetime.combine(day, local.replace(tzinfo=None).time())))
        found.append(as_instant(datetime.combine(day, time())))
    found += [t - timedelta(hours=24), t - timedelta(minutes=90)]
    tick = timedelta(microseconds=1)
    return [at + step for at in found for step in (-tick, timedelta(0), tick)]


def make_people(t: datetime, seed: int, number: int = 40) -> list[Person]:
    random = Random(seed)
    at = edges(t)
    return [_person(random, at, t.astimezone(ZONE).date()) for _index in range(number)]


def _maybe(random: Random, values: list[Any], chance: float = 0.6) -> Any:
    return random.choice(values) if random.random() < chance else None


def _person(random: Random, at: list[datetime], today: date) -> Person:
    born = [date(1988, 2, 29), date(2000, 2, 28), date(2000, 3, 1), date(1958, 11, 23)]
    born += [shift(today, -years, "years") for years in (18, 30, 65)]
    born += [shift(today, -30, "years") + timedelta(days=step) for step in (-1, 1, 6, 7)]
    person = Person(
        public_id=str(UUID(int=random.getrandbits(128), version=4)),
        status=random.choice(["active", "active", "deactivated", "disabled"]),
        lifecycle=random.choice(["lead", "customer"]),
        gender=random.choice(["", "female", "male", "other"]),
        city=random.choice(CITIES),
        birth_date=_maybe(random, born),
        registered_at=random.choice(at),
        last_login_at=_maybe(random, at),
        verified=random.random() < 0.5,
        has_user=random.random() < 0.5,
        login_count=random.randrange(3),
        tags={name for name in TAGS if random.random() < 0.4},
        lists={slug for slug in LISTS if random.random() < 0.4},
        categories={code for code in CATEGORIES if random.random() < 0.4},
        is_live=random.random() < 0.9,
    )
    if person.birth_date:
        person.birth_day = (person.birth_date.month, person.birth_date.day)
    elif random.random() < 0.4:
        person.birth_day = random.choice([(2, 29), (12, 31), (1, 1), (today.month, today.day)])
    values = {
        "generic_text_1": _maybe(random, ["Ñoqui", "noqui 100%", "x"]),
        "generic_integer_1": _maybe(random, [-1, 0, 2, 2.5]),
        "generic_date_1": _maybe(
            random, [shift(today, step, "days").isoformat() for step in (-30, -1, 0, 6, 7)]
        ),
        "plan": _maybe(random, PLANS),
        "vip": _maybe(random, [True, False]),
    }
    person.custom = {key: value for key, value in values.items() if value is not None}
    for channel in ("email", "sms"):
        state = _maybe(random, ["granted", "withdrawn", "pending"])
        if state:
            person.consents[(channel, "marketing")] = state
    for _index in range(random.randrange(4)):
        person.events.append(Event("login", random.choice(at), device=random.choice(DEVICES)))
    for _index in range(random.randrange(3)):
        _add_mail(random, person, at)
    person.reason = random.choice(["", "order", "import"])
    person.blocked_at = _maybe(random, at, 0.3)
    person.phones = random.sample(PHONES, random.randrange(3))
    person.districts = [random.choice(CITIES) for _index in range(random.randrange(3))]
    person.codes = [
        f"{random.choice(['ERP', 'erp', 'Ñ'])}-{person.public_id[:6]}-{index}"
        for index in range(random.randrange(3))
    ]
    return person


def _add_mail(random: Random, person: Person, at: list[datetime]) -> None:
    mail = Mail(random.choice([*CAMPAIGNS, None]), random.choice(["campaign", "campaign", "test"]))
    names = ["sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at", "complained_at"]
    for name in names:
        setattr(mail, name, _maybe(random, at, 0.5))
    person.mails.append(mail)
    if mail.kind == "test":
        return
    for _index in range(random.randrange(3)):
        kind = random.choice(["email_opened", "email_clicked", "email_opened_machine"])
        number = len(person.mails) - 1
        person.events.append(Event(kind, random.choice(at), mail=number, campaign=mail.campaign))


def store(people: list[Person]) -> None:
    """Write the people and all that belongs to them."""
    options = [{"value": plan, "label": plan.title()} for plan in PLANS]
    CustomField.objects.create(key="plan", label="Plan", kind="dropdown", options=options)
    CustomField.objects.create(key="vip", label="Es VIP", kind="checkbox")
    tags = {name: Tag.objects.create(name=name) for name in TAGS}
    groups = {code: Category.objects.create(code=code, name=code.title()) for code in CATEGORIES}
    campaigns = {slug: Campaign.objects.create(slug=slug, name=slug.title()) for slug in CAMPAIGNS}
    lists = {slug: StaticList.objects.create(slug=slug, name=slug) for slug in LISTS}
    campaign_ids: dict[str | None, int | None] = {slug: one.pk for slug, one in campaigns.items()}
    campaign_ids[None] = None
    for number, person in enumerate(people):
        customer = _store_person(person, number)
        Tagging.objects.bulk_create(
            [Tagging(customer=customer, tag=tags[name]) for name in person.tags]
        )
        CategoryAssignment.objects.bulk_create(
            [
                CategoryAssignment(customer=customer, category=groups[one])
                for one in person.categories
            ]
        )
        StaticEntry.objects.bulk_create(
            [StaticEntry(customer=customer, list=lists[slug]) for slug in person.lists]
        )
        for (channel, purpose), value in person.consents.items():
            ConsentState.objects.create(
                customer=customer,
                channel=channel,
                purpose=purpose,
                value=value,
                since=datetime(2026, 1, 1, tzinfo=UTC),
                source="staff",
                event_id=0,
            )
        _store_further(person, customer)
        _store_ledgers(person, customer, campaign_ids)


def _store_further(person: Person, customer: Customer) -> None:
    CustomerPhone.objects.bulk_create(
        [CustomerPhone(customer=customer, number=one) for one in person.phones]
    )
    Address.objects.bulk_create(
        [Address(customer=customer, line1="", district=one) for one in person.districts]
    )
    ExternalId.objects.bulk_create(
        [ExternalId(customer=customer, system="erp", value=one) for one in person.codes]
    )


def _store_person(person: Person, number: int) -> Customer:
    user = None
    if person.has_user:
        user = User(email=f"persona{number}@correo.example", language="es")
        user.save()
    month, day = person.birth_day or (None, None)
    assert person.registered_at is not None
    return Customer.objects.create(
        public_id=person.public_id,
        user=user,
        status=person.status,
        lifecycle=person.lifecycle,
        gender=person.gender,
        city=person.city,
        birth_date=person.birth_date,
        birth_month=month,
        birth_day=day,
        registered_at=person.registered_at,
        last_login_at=person.last_login_at,
        login_count=person.login_count,
        lifecycle_reason=person.reason,
        blocked_at=person.blocked_at,
        verified_at=person.registered_at if person.verified else None,
        custom=person.custom,
        trashed_at=None if person.is_live else datetime(2026, 1, 1, tzinfo=UTC),
    )


def _store_ledgers(
    person: Person, customer: Customer, campaign_ids: dict[str | None, int | None]
) -> None:
    mails = [
        Delivery(
            created_at=datetime(2026, 1, 1, 0, 0, place, tzinfo=UTC),
            customer=customer,
            campaign_id=campaign_ids[mail.campaign],
            kind=mail.kind,
            state="accepted",
            sent_at=mail.sent_at,
            delivered_at=mail.delivered_at,
            opened_at=mail.opened_at,
            clicked_at=mail.clicked_at,
            bounced_at=mail.bounced_at,
            complained_at=mail.complained_at,
        )
        for place, mail in enumerate(person.mails)
    ]
    Delivery.objects.bulk_create(mails)
    Activity.objects.bulk_create(
        [
            Activity(
                customer=customer,
                kind=event.kind,
                occurred_at=event.at,
                device=event.device,
                object_kind="delivery" if event.mail is not None else "",
                object_id=event.mail,
                context_id=campaign_ids[event.campaign],
            )
            for event in person.events
        ]
    )
