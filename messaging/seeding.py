"""Seeded campaigns: frozen, sent and partly opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from config.kit.seeding import SeedPlan, without_indexes
from messaging.models import Campaign, Link
from messaging.services.counts import counts_renew

MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
LINKS = (
    ("https://casaquillay.example/mantas", "Ver mantas y frazadas"),
    ("https://casaquillay.example/p/jarro-pomaire", "Jarro de greda Pomaire"),
    ("https://casaquillay.example/tiendas", "Tiendas y horarios"),
)
BODY = """<!doctype html>
<html lang="es"><head><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>Hola {{{{ customer.first_name | default: "qué tal" }}}}:</p>
<p>Esto es lo nuevo en {{{{ site.name }}}}.</p>
<p><a href="https://casaquillay.example/mantas">Ver mantas y frazadas</a></p>
<p><a href="https://casaquillay.example/p/jarro-pomaire">Jarro de greda Pomaire</a></p>
<p><a href="https://casaquillay.example/tiendas">Tiendas y horarios</a></p>
<p><a href="{{{{ unsubscribe_url }}}}">No quiero recibir más correos</a></p>
</body></html>
"""

DELIVERIES = """
INSERT INTO messaging_delivery (created_at, campaign_id, customer_id, kind, state, reason, address,
    language, attempts, sent_at, delivered_at, reply, opened_at, machine_opened_at, clicked_at,
    bounced_at, complained_at, unsubscribed_at)
SELECT %(at)s, %(campaign)s, id, 'campaign',
    CASE WHEN reason <> '' THEN 'skipped' WHEN is_rejected THEN 'rejected'
         WHEN is_bounced THEN 'bounced' ELSE 'accepted' END,
    reason, CASE WHEN reason = '' THEN address ELSE '' END, language, (reason = '')::int,
    CASE WHEN reason = '' THEN sent END,
    CASE WHEN reason = '' AND NOT is_rejected AND NOT is_bounced THEN sent END,
    CASE WHEN reason <> '' THEN '' WHEN is_rejected THEN '550 5.1.1 no such user'
         ELSE '250 2.0.0 Ok' END,
    CASE WHEN reached AND interest < 0.36 THEN opened END,
    CASE WHEN reached AND {machine} < 0.16 THEN sent + interval '3 seconds' END,
    CASE WHEN reached AND interest < 0.12
        THEN opened + interval '1 minute' * (1 + interest * 90) END,
    CASE WHEN reason = '' AND is_bounced THEN sent + interval '5 minutes' END,
    CASE WHEN reached AND {complaint} < 0.0004 THEN opened + interval '1 minute' END,
    CASE WHEN reached AND {leave} < 0.0012 THEN opened + interval '2 minutes' END
FROM (
    SELECT *, reason = '' AND NOT is_rejected AND NOT is_bounced AS reached,
        sent + interval '1 minute' * (4 - 190 * ln(1 - {delay} * 0.999)) AS opened
    FROM (
        SELECT person.id, person.id - %(base)s AS n, person.email AS address, person.language,
            CASE WHEN person.status <> 'active' THEN 'inactive'
                 WHEN consent.value = 'withdrawn' AND consent.since < %(at)s THEN 'unsubscribed'
                 WHEN consent.value IS NULL THEN 'no_consent'
                 WHEN blocked.id IS NOT NULL THEN 'suppressed' ELSE '' END AS reason,
            {rejected} < 0.0015 AS is_rejected, {bounced} < 0.003 AS is_bounced,
            {interest} AS interest,
            %(at)s::timestamptz + interval '1 second' * ({minute} * 1500) AS sent
        FROM (SELECT *, id - %(base)s AS n FROM customers_customer
              WHERE id > %(base)s AND registered_at < %(at)s) AS person
        LEFT JOIN customers_consentstate AS consent ON consent.customer_id = person.id
            AND consent.channel = 'email' AND consent.purpose = 'marketing'
        LEFT JOIN customers_suppression AS blocked ON blocked.channel = 'email'
            AND blocked.address_key = person.email_key
        WHERE {audience} < 0.72
    ) AS chosen
) AS drawn
ORDER BY id
"""
# What the next campaign has to respect: dead addresses, complaints, and who left by a link.
SUPPRESSIONS = """
INSERT INTO customers_suppression (channel, address_key, reason, detail, created_at)
SELECT 'email', address, CASE WHEN complained_at IS NULL THEN 'hard_bounce' ELSE 'complaint' END,
    CASE WHEN complained_at IS NULL THEN reply ELSE '' END,
    coalesce(complained_at, bounced_at, sent_at)
FROM messaging_delivery
WHERE campaign_id = %(campaign)s AND created_at = %(at)s
    AND (state IN ('rejected', 'bounced') OR complained_at IS NOT NULL)
    AND coalesce(complained_at, sent_at) < %(until)s
ORDER BY id ON CONFLICT DO NOTHING
"""
WITHDRAWALS = """
INSERT INTO customers_consentevent (customer_id, channel, purpose, value, opt_in_level, source,
    wording, policy_version, evidence, user_agent, occurred_at, recorded_at)
SELECT customer_id, 'email', 'marketing', 'withdrawn', '', 'unsubscribe', '', '', '', '',
    unsubscribed_at, unsubscribed_at
FROM messaging_delivery
WHERE campaign_id = %(campaign)s AND created_at = %(at)s AND unsubscribed_at < %(until)s
ORDER BY id
"""
EVENTS = (
    ("email_sent", "sent_at"),
    ("email_opened", "opened_at"),
    ("email_opened_machine", "machine_opened_at"),
    ("email_clicked", "clicked_at"),
    ("email_bounced", "bounced_at"),
    ("email_complained", "complained_at"),
    ("email_unsubscribed", "unsubscribed_at"),
)
ACTIVITY = """
INSERT INTO customers_activity
    (customer_id, kind, occurred_at, origin, object_kind, object_id, context_id, data)
SELECT customer_id, happened.kind, happened.at, 'mail', 'delivery', id, campaign_id,
    CASE WHEN happened.kind = 'email_clicked'
        THEN jsonb_build_object('link', 1 + id %% 7 * (id %% 3) / 6) ELSE '{{}}'::jsonb END
FROM messaging_delivery, LATERAL (VALUES {events}) AS happened(kind, at)
WHERE campaign_id = %(campaign)s AND created_at = %(at)s AND happened.at IS NOT NULL
    AND happened.at < %(until)s
ORDER BY id
"""


@dataclass(frozen=True, kw_only=True)
class Wave:
    """One campaign of the past: its place in the row of months and its instant."""

    number: int
    at: datetime
    title: str


def seed_campaigns(plan: SeedPlan) -> dict[str, int]:
    """Finished campaigns at equal distances, with deliveries, opens, clicks and who left."""
    deliveries = 0
    with without_indexes(["customers_activity", "messaging_delivery"], rows=plan.customers):
        for wave in _waves(plan):
            deliveries += _send(plan, wave)
    return {"campaigns": plan.campaigns, "deliveries": deliveries}


def _waves(plan: SeedPlan) -> list[Wave]:
    """The oldest first: each one obeys what came of those before."""
    waves = []
    days = (plan.until - plan.since).days // plan.campaigns
    for number in range(plan.campaigns):
        at = plan.until - timedelta(days=days * number + 6, hours=3)
        waves.append(
            Wave(number=number, at=at, title=f"Novedades de {MONTHS[at.month - 1]} {at.year}")
        )
    return waves[::-1]


def _send(plan: SeedPlan, wave: Wave) -> int:
    campaign = _campaign(plan, wave)
    params: dict[str, Any] = {
        "base": plan.base,
        "at": wave.at,
        "campaign": campaign.pk,
        "until": plan.until,
    }
    names = "machine complaint leave delay rejected bounced minute audience".split()
    draws = {name: plan.chance("n", 200 + wave.number * 10 + i) for i, name in enumerate(names)}
    # Interest is a trait of the person: who opened one mail tends to open the next.
    draws["interest"] = (
        f"(0.6 * {plan.chance('n', 199)} + 0.4 * {plan.chance('n', 209 + wave.number * 10)})"
    )
    events = ", ".join(f"('{kind}', {column})" for kind, column in EVENTS)
    with connection.cursor() as cursor:
        cursor.execute(DELIVERIES.format(**draws), params)
        made: int = cursor.rowcount
        for statement in (ACTIVITY.format(events=events), SUPPRESSIONS, WITHDRAWALS):
            cursor.execute(statement, params)
        # Planned by the statistics of an empty table, the next campaign would search it row by row.
        cursor.execute("ANALYZE customers_suppression, customers_consentstate")
    Campaign.objects.filter(pk=campaign.pk).update(audience_count=made)
    counts_renew(campaign=campaign)
    return made


def _campaign(plan: SeedPlan, wave: Wave) -> Campaign:
    slug = f"novedades-{wave.at:%Y-%m}-{plan.base}-{wave.number}"
    campaign = Campaign.objects.create(
        slug=slug,
        name=wave.title,
        subject=f"{{{{ customer.first_name }}}}, {wave.title[0].lower()}{wave.title[1:]}",
        body=BODY.format(title=wave.title),
        state=Campaign.State.FINISHED,
        created_at=wave.at - timedelta(days=2),
        frozen_at=wave.at,
        started_at=wave.at,
        finished_at=wave.at + timedelta(minutes=25),
    )
    Link.objects.bulk_create(
        Link(campaign=campaign, position=position, url=url, label=label)
        for position, (url, label) in enumerate(LINKS, start=1)
    )
    return campaign
