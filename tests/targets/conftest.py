"""A few people whom rules can tell apart, and short ways to ask."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from config.kit.translations import compile_all
from customers.models import Activity, Category, CategoryAssignment, Customer, Tag, Tagging
from customers.services.consent import Proof, consent_record
from messaging.models import Campaign, Delivery
from targets.evidence import Evidence
from targets.models import Target
from targets.reading import rule_from_json
from targets.selectors.evaluation import target_sql
from targets.selectors.explaining import Part
from targets.services.refresh import target_refresh
from targets.services.targets import target_create
from targets.upkeep.worker import Upkeep

# 23 November 2026, 14:05 UTC: 11:05 in Santiago.
T = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def document(rule: object) -> dict[str, Any]:
    return {"version": 1, "rule": rule}


def evidence_of(part: Part) -> Evidence:
    """What was found about a condition; a group of conditions has none."""
    assert part.evidence is not None
    return part.evidence


@pytest.fixture
def spanish_texts(settings: Any) -> None:
    """Tests run in English; these read the catalogue."""
    compile_all()
    settings.LOCALE_PATHS = [settings.LOCALE_DIR]


@pytest.fixture
def people(db: None) -> dict[str, Customer]:
    """Rayen (all data), Iker (gaps) and Nahuel (nothing but a name)."""
    rayen = Customer(
        first_name="Rayén",
        city="Ñuñoa",
        gender="female",
        birth_date=date(1990, 11, 23),
        lifecycle="customer",
        verified_at=T,
        registered_at=T - timedelta(days=100),
        last_login_at=T - timedelta(days=2),
        login_count=3,
        custom={"generic_text_1": "Café", "generic_integer_1": 7, "generic_date_1": "2026-11-30"},
    )
    rayen.set_email("rayen@correo.example")
    iker = Customer(
        first_name="Iker",
        city="Donostia",
        birth_month=2,
        birth_day=29,
        status="deactivated",
        registered_at=T - timedelta(days=10),
    )
    iker.set_email("iker@correo.example")
    nahuel = Customer(first_name="Nahuel", registered_at=T - timedelta(hours=1))
    for one in (rayen, iker, nahuel):
        one.save()
    return {"rayen": rayen, "iker": iker, "nahuel": nahuel}


@pytest.fixture
def few_known(db: None) -> None:
    """The table's statistics are of now, not of an earlier test: an estimate asks everybody."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")


@pytest.fixture
def history(people: dict[str, Customer]) -> dict[str, Customer]:
    """Tags, a category, consent, log-ins and mails of those people."""
    rayen, iker = people["rayen"], people["iker"]
    vip, wholesale = Tag.objects.create(name="VIP"), Tag.objects.create(name="Mayorista")
    Tagging.objects.create(customer=rayen, tag=vip)
    Tagging.objects.create(customer=rayen, tag=wholesale)
    Tagging.objects.create(customer=iker, tag=vip)
    gold = Category.objects.create(code="oro", name="Oro")
    CategoryAssignment.objects.create(customer=iker, category=gold)
    consent_record(
        customer=rayen, channel="email", value="granted", source="import", proof=Proof(evidence="f")
    )
    for days, device in ((2, "mobile"), (40, "desktop")):
        record(rayen, "login", days, device=device)
    sale = Campaign.objects.create(slug="oferta", name="Oferta")
    first = mail(rayen, sale, days=5, opened_at=T - timedelta(days=4))
    mail(iker, sale, days=5, delivered_at=None, bounced_at=T - timedelta(days=5))
    mail(iker, None, days=3, complained_at=T - timedelta(days=3))
    for days in (4, 1):
        record(rayen, "email_opened", days, object_id=first.pk, context_id=sale.pk)
    record(rayen, "email_clicked", 1, object_id=first.pk, context_id=sale.pk)
    record(iker, "email_opened_machine", 3, object_id=99)
    return people


def record(customer: Customer, kind: str, days: int, **values: Any) -> None:
    Activity.objects.bulk_create(
        [Activity(customer=customer, kind=kind, occurred_at=T - timedelta(days=days), **values)]
    )


def mail(customer: Customer, campaign: Campaign | None, *, days: int, **values: Any) -> Delivery:
    at = T - timedelta(days=days)
    fields = {"state": "accepted", "sent_at": at, "delivered_at": at, **values}
    return Delivery.objects.create(
        created_at=at,
        customer=customer,
        campaign_id=campaign.pk if campaign else None,
        kind="campaign" if campaign else "transactional",
        **fields,
    )


def found(rule: dict[str, Any], at: datetime = T) -> set[str]:
    """First names of those who satisfy the rule at 23 November 2026, 11:05 in Santiago."""
    sql, params = target_sql(rule_from_json(document(rule)), at)
    return {one.first_name for one in Customer.objects.raw(sql, params)}


@pytest.fixture
def make_target(db: None) -> Callable[..., Target]:
    """``make_target("slug", {...})``: a saved target whose people are found."""

    def make(slug: str, rule: dict[str, Any], **values: Any) -> Target:
        target = target_create(slug=slug, name=slug.title(), rule=document(rule), **values)
        target_refresh(target=target)
        target.refresh_from_db()
        return target

    return make


@pytest.fixture
def quiet(history: dict[str, Customer]) -> dict[str, Customer]:
    """The people of the conftest, after upkeep has seen them."""
    Upkeep().settle()
    return history
