"""``bench campaign``: freeze an audience, send it to a sink, beside the bare client."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from config.kit import clock
from customers.models import Customer
from messaging.models import Campaign, Delivery
from messaging.selectors.campaigns import audience_preview_for
from messaging.sending.content import CampaignMail, Item
from messaging.sending.lanes import campaign_frame
from messaging.sending.store import Work
from messaging.services.campaigns import CampaignValues, campaign_create, campaign_send
from messaging.variables import site_values
from targets.models import Target

PARAGRAPH: Final = "Lana de Chiloé, greda de Pomaire y madera nativa, hechas a mano. " * 8
LINKS: Final = "".join(
    f'<p class="b">Hola {{{{ customer.first_name }}}}, mira <a href="https://shop.example/{n}?a=1">'
    f"la novedad {n}</a>. {PARAGRAPH}</p>"
    for n in range(10)
)
BODY: Final = (
    "<style>.b { color: #222222; font-family: Arial }</style>"
    '<h1>Hola {{ customer.first_name | default: "qué tal" }}</h1>'
    "{% if customer.city %}<p>En {{ customer.city }}</p>{% endif %}" + LINKS + PARAGRAPH * 10
)
ENGINE_BODY: Final = (
    "{% for n in (1..8) %}{% assign m = n | times: 2 %}<p>{{ n }} {{ m }} "
    "{{ customer.first_name | upcase }}</p>{% endfor %}" + BODY
)
BESIDE: Final = 100_000
PEOPLE: Final = """
INSERT INTO customers_customer (public_id, lifecycle, lifecycle_reason, lifecycle_at, status,
    first_name, last_name, second_last_name, email, email_key, phone, id_type, id_number, gender,
    city, country, language, time_zone, custom, registered_at, login_count, source, created_at,
    updated_at, version)
SELECT gen_random_uuid(), 'customer', '', now(), 'active', 'Ana', 'Pérez', '', address, address,
    '', '', '', '', 'Valparaíso', 'CL', 'es', '', '{}', now(), 0, 'bench', now(), now(), 1
FROM (SELECT 'bench' || n || '@mail' || n %% 50 || '.example' AS address
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS made
ON CONFLICT DO NOTHING
"""
CONSENTS: Final = """
INSERT INTO customers_consentevent (customer_id, channel, purpose, value, opt_in_level, source,
    wording, policy_version, evidence, user_agent, occurred_at, recorded_at)
SELECT id, 'email', 'marketing', 'granted', 'single', 'import', '', '', 'bench', '', now(), now()
FROM customers_customer WHERE source = 'bench'
  AND NOT EXISTS (SELECT 1 FROM customers_consentstate WHERE customer_id = customers_customer.id)
"""


def bench_campaign(size: int) -> dict[str, Any]:
    """Figures for ``size`` mails of 17 KB with ten tracked links, ledger and journal on.

    The bare client and the full engine send at most ``BESIDE`` mails: their rates are those of any
    number, while memory and freezing are shown at the full size.
    """
    _enough_people(size)
    beside = min(size, BESIDE)
    with sink() as port:
        plain = _campaign(size, BODY, "plain")
        before = _yardstick(port, beside, _one_mail(plain))
        figures = _send(plain, port)
        yardstick = _yardstick(port, beside, _one_mail(plain))
        engine = _send(_campaign(beside, ENGINE_BODY, "engine"), port)
        again = _yardstick(port, beside, _one_mail(plain))
    bare = (before + yardstick + again) / 3
    return {
        **figures,
        "mails_per_s_yardstick": round(bare),
        "ratio": round(figures["mails_per_s"] / bare, 3),
        "engine_mails": engine["mails"],
        "engine_mails_per_s": engine["mails_per_s"],
        "engine_ratio": round(engine["mails_per_s"] / bare, 3),
        "mail_kb": round(len(_one_mail(plain)) / 1024, 1),
        "sink": "smtp-sink" if shutil.which("smtp-sink") else "own",
    }


def _enough_people(size: int) -> None:
    have = Customer.objects.filter(source="bench").count()
    with connection.cursor() as cursor:
        if have < size:
            cursor.execute(PEOPLE, {"first": have + 1, "last": size})
        cursor.execute(CONSENTS)
        cursor.execute("ANALYZE customers_customer, customers_consentstate")


def _campaign(size: int, body: str, label: str) -> tuple[Campaign, float]:
    """A started campaign to about ``size`` people, and the seconds that the start took."""
    percent = min(100.0, 100.0 * size / max(1, Customer.objects.live().count()))
    share = {"filter": "bucket", "salt": label, "percent": round(percent, 2)}
    rule = {"version": 1, "rule": {"all": [share]}}
    stamp = f"{clock.now():%Y%m%d%H%M%S%f}"
    target = Target.objects.create(slug=f"bench-{stamp}", name=f"Bench {stamp}", rule=rule)
    audience_preview_for([target.pk], [], "marketing")  # as the screen before the start does
    campaign = campaign_create(
        by=None,
        values=CampaignValues(
            name=f"Bench {stamp}",
            subject="Hola {{ customer.first_name }}, novedades de otoño",
            body=body,
            include=[target.pk],
        ),
    )
    started = time.perf_counter()
    with transaction.atomic():
        campaign = campaign_send(campaign=campaign, by=None)
    return campaign, time.perf_counter() - started


def _send(started: tuple[Campaign, float], port: int) -> dict[str, Any]:
    campaign, freeze_seconds = started
    found = json.loads(_run("messaging.benchmarks.sender", port=port))
    campaign.refresh_from_db()
    accepted = Delivery.objects.filter(campaign_id=campaign.pk, state="accepted").count()
    return {
        "mails": accepted,
        "mails_per_s": round(accepted / found["seconds"]),
        "rss_mb": round(found["rss_mb"]),
        "freeze_s": round(freeze_seconds, 2),
        "audience": campaign.audience_count,
        "state": campaign.state,
    }


def _one_mail(started: tuple[Campaign, float]) -> bytes:
    campaign = started[0]
    compiled = campaign.contents.get(language=settings.SITE_LANGUAGE).compiled
    work = Work(campaign_id=campaign.pk, name=campaign.name, purpose=campaign.purpose)
    mail = CampaignMail(compiled, campaign_frame(work), site_values(campaign.name))
    person = {"first_name": "Ana", "last_name": "Pérez", "city": "Valparaíso"}
    item = Item(10**9, 1_700_000_000, 1, "a@mail.example", "es", 1, {"customer": person})
    return mail.build(item)


def _yardstick(port: int, size: int, mail: bytes) -> float:
    return float(_run("messaging.benchmarks.client", str(port), str(size), port=port, text=mail))


def _run(module: str, *arguments: str, port: int, text: bytes = b"") -> bytes:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        input=text,
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "PYTHONPATH": str(settings.BASE_DIR),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=none",
        },
        check=True,
    )
    return done.stdout


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's smtp-sink where there is one, else our own; yields its port."""
    program = shutil.which("smtp-sink")
    if program:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        command = [program, "-u", "nobody", f"127.0.0.1:{port}", "1000"]
    else:
        command = [sys.executable, "-m", "messaging.benchmarks.sink"]
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    try:
        if program:
            time.sleep(0.5)
        elif process.stdout:
            port = int(process.stdout.readline())
        yield port
    finally:
        process.terminate()
        process.wait(10)
