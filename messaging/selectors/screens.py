"""Reads that only the back office's screens need."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import Activity, ConsentEvent, ConsentState, Customer, Suppression
from customers.selectors.search import Search
from messaging.models import Campaign, CampaignTarget, Delivery
from targets.models import Membership, Target

MARKETING = "marketing"
RECENT = 6
ENDED = [Campaign.State.FINISHED, Campaign.State.CANCELLED, Campaign.State.FAILED]
MOST_PEOPLE = 1000


@dataclass(frozen=True)
class Audience:
    """The names of a campaign's targets."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def campaign_audiences(campaigns: Iterable[Campaign]) -> dict[int, Audience]:
    """The targets' names, in one query."""
    named: dict[int, tuple[list[str], list[str]]] = {}
    uses = CampaignTarget.objects.filter(campaign__in=[one.pk for one in campaigns])
    for pk, is_excluded, name in uses.values_list(
        "campaign_id", "is_excluded", "target__name"
    ).order_by("target__name"):
        named.setdefault(pk, ([], []))[is_excluded].append(name)
    return {pk: Audience(tuple(one[0]), tuple(one[1])) for pk, one in named.items()}


def target_names(ids: Iterable[int]) -> list[str]:
    return list(
        Target.objects.filter(pk__in=list(ids)).order_by("name").values_list("name", flat=True)
    )


def campaigns_matching(rows: QuerySet[Campaign], text: str) -> QuerySet[Campaign]:
    return rows.filter(
        Q(name__icontains=text) | Q(subject__icontains=text) | Q(slug__icontains=text)
    )


def campaigns_recent(limit: int = RECENT) -> list[Campaign]:
    """The newest that began, then those about to begin."""
    return list(
        Campaign.objects.exclude(state__in=[Campaign.State.DRAFT, Campaign.State.CANCELLED])
        .order_by("-created_at", "-id")
        .defer("body", "text_body")[:limit]
    )


def campaigns_recalled(public_ids: Sequence[str]) -> "QuerySet[Campaign]":
    return Campaign.objects.filter(public_id__in=public_ids).defer("body", "text_body")


def campaigns_in_trouble(limit: int = 10) -> list[Campaign]:
    """Those that failed, or that stopped or stumble for a reason."""
    return list(
        Campaign.objects.filter(
            Q(state=Campaign.State.FAILED)
            | Q(state__in=[Campaign.State.PAUSED, Campaign.State.SENDING], state_reason__gt="")
        )
        .order_by("-created_at")
        .defer("body", "text_body")[:limit]
    )


def opened_share(*, since: datetime, until: datetime) -> float | None:
    """Of the people who got a campaign that began in that time, how many opened it."""
    sums = Campaign.objects.filter(started_at__gte=since, started_at__lt=until).aggregate(
        opened=Sum("opened_count"), accepted=Sum("accepted_count")
    )
    return sums["opened"] / sums["accepted"] if sums["accepted"] else None


def campaigns_with_unknown(recent: int = 20) -> list[tuple[Campaign, int]]:
    """The newest campaigns that have mails of unknown state, and how many."""
    started = Campaign.objects.filter(frozen_at__isnull=False).order_by("-frozen_at", "-id")
    newest = {one.pk: one for one in started.defer("body", "text_body")[:recent]}
    counted = (
        Delivery.objects.filter(campaign_id__in=list(newest), state=Delivery.State.UNKNOWN)
        .values_list("campaign_id")
        .annotate(n=Count("id"))
        .order_by("campaign_id")
    )
    counts = {pk: count for pk, count in counted if pk is not None}
    return [(one, counts[pk]) for pk, one in newest.items() if pk in counts]


def campaigns_scheduled(*, until: datetime, limit: int = 5) -> list[Campaign]:
    """Those that begin before that instant, the next one first."""
    rows = Campaign.objects.filter(state=Campaign.State.SCHEDULED, scheduled_at__lt=until)
    return list(rows.order_by("scheduled_at", "id").defer("body", "text_body")[:limit])


def uses_of_target(target_id: int, limit: int = 50) -> list[CampaignTarget]:
    """Campaigns with this target: those that have not ended first, each time the newest first."""
    return list(
        CampaignTarget.objects.filter(target_id=target_id)
        .select_related("campaign")
        .defer("campaign__body", "campaign__text_body")
        .annotate(has_ended=Q(campaign__state__in=ENDED))
        .order_by("has_ended", "-campaign__created_at", "-pk")[:limit]
    )


def audit_of_campaign(campaign: Campaign, limit: int = 200) -> list[AuditEntry]:
    """What staff did with it, newest first."""
    return list(
        AuditEntry.objects.filter(
            subject_kind=Campaign._meta.label_lower, subject_id=campaign.pk
        ).order_by("-at", "-id")[:limit]
    )


def is_of_campaign(campaign: Campaign) -> Q:
    """For deliveries; the instant of the freezing leaves one partition to read."""
    return Q(campaign_id=campaign.pk, created_at=campaign.frozen_at)


def deliveries_of(campaign: Campaign, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of one campaign; none before it was frozen."""
    if campaign.frozen_at is None:
        return rows.none()
    return rows.filter(is_of_campaign(campaign))


def customers_by_id(ids: Iterable[int | None]) -> dict[int, Customer]:
    """Name and address of these people; erased and merged ones too."""
    wanted = {pk for pk in ids if pk is not None}
    return Customer.objects.only(
        "public_id", "first_name", "last_name", "second_last_name", "email", "trashed_at"
    ).in_bulk(wanted)


def withdrawals() -> QuerySet[ConsentState]:
    """Who no longer wants marketing mail; the index of consent states serves the order."""
    return ConsentState.objects.filter(
        channel="email", purpose=MARKETING, value="withdrawn"
    ).select_related("customer")


def withdrawal_of(customer: Customer) -> ConsentState | None:
    return withdrawals().filter(customer=customer).first()


def consent_history(customer: Customer) -> list[ConsentEvent]:
    return list(
        ConsentEvent.objects.filter(customer=customer, channel="email", purpose=MARKETING).order_by(
            "-occurred_at", "-id"
        )[:50]
    )


def unsubscribe_campaigns(states: Sequence[ConsentState]) -> dict[int, Campaign]:
    """By customer: the campaign whose mail they left by, if they left by one."""
    if not states:
        return {}
    left = dict(
        Activity.objects.filter(
            kind="email_unsubscribed",
            customer_id__in=[one.customer_id for one in states],
            context_id__isnull=False,
        )
        .order_by("occurred_at")
        .values_list("customer_id", "context_id")
    )
    campaigns = Campaign.objects.only("public_id", "name").in_bulk(set(left.values()))
    return {who: campaigns[pk] for who, pk in left.items() if pk in campaigns}


def suppressions() -> QuerySet[Suppression]:
    return Suppression.objects.filter(channel="email")


def suppressed_customers(rows: Sequence[Suppression]) -> dict[str, Customer]:
    """By address key: whose address it is."""
    found = Customer.objects.live().filter(email_key__in=[one.address_key for one in rows])
    return {one.email_key: one for one in found}


@dataclass(frozen=True)
class Mark:
    """What is behind an e-mail activity: its campaign and, for a click, the link."""

    campaign: Campaign | None
    link: str = ""


def marks(rows: Sequence[Activity]) -> dict[int, Mark]:
    """By activity id; two queries however many rows."""
    campaigns = Campaign.objects.only("public_id", "name").in_bulk(
        {row.context_id for row in rows if row.context_id}
    )
    return {
        row.pk: Mark(campaigns.get(row.context_id or 0), str(row.data.get("url", "")))
        for row in rows
    }


def last_delivery_at(customer: Customer) -> datetime | None:
    row: Any = (
        Delivery.objects.filter(customer=customer).order_by("-id").values_list("sent_at").first()
    )
    return row[0] if row else None


def last_change(campaign: Campaign) -> AuditEntry | None:
    """The newest thing that somebody did with it."""
    return next(iter(audit_of_campaign(campaign, limit=1)), None)


PERSON_FIELDS = ("public_id", "first_name", "last_name", "second_last_name", "email", "language")


def person_find(public_id: str) -> Customer | None:
    """A live person by the id in a URL; None for what is no id."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    return Customer.objects.live().filter(public_id=key).first()


def persons_found(text: str, limit: int) -> list[Customer]:
    """Live people with an address whose name or address has these words."""
    found = search_customers(Customer.objects.live().exclude(email_key=""), text)
    return list(found.only(*PERSON_FIELDS).order_by("sort_name", "id")[:limit])


def people_to_show(campaign: Campaign, limit: int) -> list[Customer]:
    """Some members of its targets, with an address; anybody while they have none."""
    people = Customer.objects.live().exclude(email_key="").only(*PERSON_FIELDS)
    targets = [one.target_id for one in campaign.targets.all() if not one.is_excluded]
    members = Membership.objects.filter(target__in=targets).values("customer_id")[: limit * 20]
    found = people.filter(pk__in=[one["customer_id"] for one in members])
    return list(found.order_by("sort_name", "id")[:limit]) or list(
        people.order_by("sort_name", "id")[:limit]
    )


def search_customers(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """As the list of customers searches; a search that it refuses finds nobody."""
    try:
        return Search.of(text).apply(rows)
    except DomainError:
        return rows.none()


NEWEST_OF = """
SELECT id FROM (SELECT id FROM messaging_delivery WHERE customer_id = ANY(%s) OFFSET 0) AS theirs
ORDER BY id DESC LIMIT %s
"""


def deliveries_matching(rows: QuerySet[Delivery], text: str, *, most: int) -> QuerySet[Delivery]:
    """The newest messages of the people whom the text finds.

    The people come first: walking all messages by age until enough of theirs were met can take
    long, since those of one person lie far apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_OF, [customers_matching(text), most])
        found = [pk for (pk,) in cursor.fetchall()]
    return rows.filter(pk__in=found)


def customers_matching(text: str) -> list[int]:
    """Ids of people, gone ones too: at most so many as a list names one by one."""
    people = search_customers(Customer.objects.all(), text)
    return list(people.values_list("pk", flat=True)[:MOST_PEOPLE])
