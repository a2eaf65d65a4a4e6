"""The small company of the first start: people, targets, campaigns."""

from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from config.kit.jobs.services import jobs_run_due
from config.kit.management.commands.seed import seed
from customers.merging.seeding import doubles_seed
from customers.privacy.seeding import requests_seed
from messaging.models import Campaign, CampaignTarget
from messaging.services.campaigns import CampaignValues, campaign_create
from targets.models import Target
from targets.seeding import lists_seed, sizes_seed
from targets.services.targets import target_create

CUSTOMERS: Final = 2_000
MONTHS: Final = 12
PAST_CAMPAIGNS: Final = 3
DOUBLES: Final = 7

TARGETS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    (
        "Clientes frecuentes de Santiago",
        "Entraron al menos tres veces en noventa días y viven cerca de la tienda.",
        {
            "all": [
                {
                    "filter": "field",
                    "field": "city",
                    "op": "any",
                    "value": ["Santiago", "Providencia", "Ñuñoa", "Las Condes"],
                },
                {
                    "filter": "login",
                    "window": {"last": 90, "unit": "days"},
                    "count": {"op": "gte", "value": 3},
                },
            ]
        },
    ),
    (
        "Abrieron el último trimestre",
        "",
        {"filter": "email_opened", "campaign": "any", "window": {"last": 90, "unit": "days"}},
    ),
    (
        "Cumpleaños de los próximos 30 días",
        "",
        {"filter": "birth_date", "op": "anniversary", "value": {"next": 30, "unit": "days"}},
    ),
    (
        "Sin ingresar en seis meses",
        "Para escribirles antes de que nos olviden.",
        {
            "all": [
                {"filter": "status", "op": "any", "value": ["active"]},
                {"not": {"filter": "login", "window": {"last": 6, "unit": "months"}}},
            ]
        },
    ),
    (
        "Prefieren comprar por la web",
        "",
        {
            "any": [
                {
                    "filter": "custom_field",
                    "field": "preferred_channel",
                    "op": "any",
                    "value": ["Web", "Web y tienda"],
                },
                {"filter": "tags", "op": "any", "value": ["Black Friday"]},
            ]
        },
    ),
]
DRAFT_BODY: Final = """<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Georgia, serif" />
      <mj-text color="#454E58" font-size="16px" line-height="24px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#F6F7F8">
    <mj-section background-color="#FFFFFF">
      <mj-column>
        <mj-text align="center" font-size="20px" color="#1C4A3A">{{ site.name }}</mj-text>
        <mj-text align="center" font-size="24px" line-height="32px" color="#15191E">
          La preventa es tuya, {{ customer.first_name | default: "qué tal" }}
        </mj-text>
        <mj-text align="center">
          El viernes abrimos a todo público. Hasta el jueves, lo hecho a mano en el sur tiene
          30 % para quienes ya nos conocen.
        </mj-text>
        <mj-button background-color="#1C4A3A" href="https://casaquillay.example/mantas">
          Ver mantas y frazadas
        </mj-button>
        <mj-text align="center" font-size="13px">
          <a href="{{ unsubscribe_url }}">No quiero recibir más correos</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def demo_make() -> dict[str, Any]:
    """2,000 people with a year of history, 5 targets with members, 4 campaigns."""
    with override(settings.SITE_LANGUAGE):
        return _made()


def _made() -> dict[str, Any]:
    counts = seed(customers=CUSTOMERS, months=MONTHS, campaigns=PAST_CAMPAIGNS)
    targets = [
        target_create(name=name, description=description, rule={"version": 1, "rule": rule})
        for name, description, rule in TARGETS
    ]
    _connect(targets)
    lists_seed(targets[0])
    doubles_seed(pairs=DOUBLES)
    requests_seed()
    campaign_create(
        by=None,
        values=CampaignValues(
            name="Preventa Black Friday",
            subject='{{ customer.first_name | default: "Hola" }}, la preventa es tuya',
            preheader="Mantas, greda y lámparas con 30 % desde hoy",
            body_format="mjml",
            body=DRAFT_BODY,
            from_name="Casa Quillay",
            from_address="hola@casaquillay.example",
            include=[targets[0].pk, targets[1].pk],
        ),
    )
    jobs_run_due(queue="jobs")
    sizes_seed()
    return {**counts, "targets": len(targets), "campaigns": PAST_CAMPAIGNS + 1}


def _connect(targets: list[Target]) -> None:
    """The campaigns of the past went to the people who like the web."""
    CampaignTarget.objects.bulk_create(
        CampaignTarget(campaign=campaign, target=targets[-1])
        for campaign in Campaign.objects.filter(state=Campaign.State.FINISHED)
    )
