"""What the smaller lists of the back office can be narrowed to."""

from datetime import timedelta

import pytest
from django.test import Client

from config.kit import clock
from config.kit.api.models import ApiToken, Webhook, WebhookMessage
from config.kit.models import Job
from customers.models import (
    Category,
    CategoryAssignment,
    CustomField,
    Erasure,
    ImportBatch,
    Merge,
    Tag,
    Tagging,
    User,
)
from messaging.models import Campaign, Delivery

PAGE = "/backoffice/"
NOW = clock.now()
LONG_AGO = NOW - timedelta(days=40)


def titles(client: Client, url: str, query: str) -> list[str]:
    """What stands first in each row, in the order of the alphabet."""
    index = client.get(f"{PAGE}{url}?{query}").context["index"]
    assert index.refused_filters == {}
    column = index.title_column
    return sorted(column.value_of(row).title for row in index.page.rows)


@pytest.fixture
def world(ana: User, beto: User, make_customer) -> None:
    person = make_customer("rayen@correo.example", first_name="Rayen")
    other = make_customer("iker@correo.example", first_name="Iker")
    tag = Tag.objects.create(name="Mayorista")
    Tag.objects.create(name="Sin nadie")
    Tagging.objects.create(customer=person, tag=tag)
    zone = Category.objects.create(name="Zona sur", code="sur")
    Category.objects.create(name="Del target", code="t", source="targets.target", source_key="x")
    CategoryAssignment.objects.create(customer=person, category=zone)
    CustomField.objects.create(
        key="socia", label="Socia", kind="checkbox", is_visible=True, disabled_at=NOW
    )
    token(ana, "Caja", ["customers:read"], last_used_at=NOW)
    token(beto, "Tienda", ["targets:read"])
    token(None, "Vieja", [], revoked_at=LONG_AGO, created_at=LONG_AGO)
    hook("Suena", delivered_at=NOW)
    hook("Falla", failures=2)
    hook("Apagado", disabled_at=NOW, disabled_reason="staff", events=["customer.updated"])
    Merge.objects.create(survivor=person, loser=other, merged_by=beto, merged_at=LONG_AGO)
    Erasure.objects.create(customer=other, ground="law", requested_by=ana, due_at=NOW)
    for name, state in (("una.csv", "review"), ("dos.csv", "applied"), ("tres.csv", "failed")):
        ImportBatch.objects.create(file_name=name, path=name, uploaded_by=ana, state=state)
    Job.objects.create(kind="customers.export", title="De Ana", requested_by=ana)
    Job.objects.create(kind="customers.export", title="De nadie")


def token(by: User | None, name: str, scopes: list[str], **values: object) -> None:
    ApiToken.objects.create(
        name=name, prefix=name, digest="0" * 64, scopes=scopes, created_by=by, **values
    )


def hook(name: str, **values: object) -> None:
    Webhook.objects.create(
        **{"name": name, "url": "https://x.example/", "events": ["customer.created"], **values}
    )


CASES = [
    ("customers/tags/", "people=no", ["Sin nadie"]),
    ("customers/tags/", "people=yes", ["Mayorista"]),
    ("customers/tags/", "people=yes&people=no", ["Mayorista", "Sin nadie"]),
    ("customers/tags/", "created=today", ["Mayorista", "Sin nadie"]),
    ("customers/categories/", "people=no", ["Del target"]),
    ("customers/categories/", "filled=staff", ["Zona sur"]),
    ("customers/fields/", "kind=checkbox", ["Socia"]),
    ("customers/fields/", "state=disabled", ["Socia"]),
    ("customers/fields/", "trait=unique&trait=visible", ["Socia"]),
    ("customers/fields/", "q=soci", ["Socia"]),
    ("programs/", "scope=customers:read", ["Caja"]),
    ("programs/", "scope=customers:read&scope=targets:read", ["Caja", "Tienda"]),
    ("programs/", "maker=-", ["Vieja"]),
    ("programs/", "used=empty", ["Tienda", "Vieja"]),
    ("programs/", "state=live", ["Caja", "Tienda"]),
    ("programs/", "created=older&created_n=30", ["Vieja"]),
    ("programs/webhooks/", "state=fails&state=off", ["Apagado", "Falla"]),
    ("programs/webhooks/", "state=on", ["Suena"]),
    ("programs/webhooks/", "event=customer.updated", ["Apagado"]),
    ("programs/webhooks/", "delivered=empty", ["Apagado", "Falla"]),
    ("customers/merges/", "merged=older&merged_n=30", ["Rayen"]),
    ("customers/merges/", "merged=today", []),
    ("customers/merges/", "state=undone", []),
    ("customers/erasures/", "ground=law", ["Iker"]),
    ("customers/erasures/", "ground=request&ground=consent", []),
    ("imports/", "view=review", ["una.csv"]),
    ("imports/", "state=applied&state=failed", ["dos.csv", "tres.csv"]),
    ("jobs/", "who=-", ["De nadie"]),
    ("staff/", "last_login=empty&role=analyst", ["Beto Arriagada"]),
    ("staff/", "last_login=filled", []),
]


@pytest.mark.parametrize(("url", "query", "expected"), CASES)
def test_a_list_is_narrowed_to(
    world: None, ana_client: Client, url: str, query: str, expected: list[str]
):
    asked = query if query.startswith("view=") else f"f=1&{query}"
    assert titles(ana_client, url, asked) == expected


def test_the_log_of_a_webhook_is_narrowed_by_time_and_state(world: None, ana_client: Client):
    hook_of = Webhook.objects.get(name="Suena")
    for state, at in (("failed", LONG_AGO), ("failed", NOW), ("delivered", NOW)):
        WebhookMessage.objects.create(
            webhook=hook_of,
            event="customer.created",
            key="1",
            payload={},
            state=state,
            created_at=at,
        )
    url = f"{PAGE}programs/webhooks/{hook_of.public_id}/?f=1&state=failed&when=today"
    index = ana_client.get(url).context["index"]
    assert [(row.state, row.created_at) for row in index.page.rows] == [("failed", NOW)]
    whole = ana_client.get(f"{PAGE}programs/webhooks/{hook_of.public_id}/").context["index"]
    counts = [tab.count for tab in whole.tabs(with_counts=True)]
    assert (whole.total_text, counts) == ("3", ["3", "0", "2"])
    another = Webhook.objects.exclude(pk=hook_of.pk).first()
    assert another is not None
    empty = ana_client.get(f"{PAGE}programs/webhooks/{another.public_id}/").context["index"]
    assert empty.total_text == "0"


def test_messages_are_narrowed_to_several_campaigns(db: None, ana_client: Client):
    made = [
        Campaign.objects.create(slug=f"c{n}", name=f"C{n}", frozen_at=NOW - timedelta(minutes=n))
        for n in range(3)
    ]
    for one in made:
        assert one.frozen_at is not None
        Delivery.objects.create(
            created_at=one.frozen_at, campaign_id=one.pk, kind="campaign", state="accepted"
        )
    query = "&".join(f"campaign={one.pk}" for one in made[:2])
    index = ana_client.get(f"{PAGE}messages/?f=1&{query}").context["index"]
    assert sorted(row.campaign_id for row in index.page.rows) == [made[0].pk, made[1].pk]


def test_fields_are_moved_and_switched_from_the_list(
    world: None, ana_client: Client, beto_client: Client
):
    url = f"{PAGE}customers/fields/"
    field = CustomField.objects.get(key="socia")
    move = f'formaction="{url}{field.pk}/move/up/"'
    assert move in ana_client.get(url).content.decode()
    assert move not in ana_client.get(f"{url}?sort=name").content.decode()
    assert move not in ana_client.get(f"{url}?q=soci").content.decode()
    assert "/move/" not in beto_client.get(url).content.decode()
    assert ana_client.post(f"{url}{field.pk}/move/up/")["Location"] == f"{url}#field-{field.pk}"
