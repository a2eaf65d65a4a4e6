"""A privacy policy in both languages, so that consents of the demo have something to name."""

from datetime import timedelta
from typing import Final

from config.kit.seeding import SeedPlan
from customers.models import PolicyVersion

OLDER_THAN_ANYBODY: Final = timedelta(days=1600)
TEXTS: Final = {
    "es": (
        "Política de privacidad",
        "## Qué datos guardamos\n\n"
        "- Tu nombre, tu correo, tu teléfono y tu dirección, si nos los das.\n"
        "- Lo que compras y lo que nos escribes.\n\n"
        "## Para qué\n\n"
        "Para enviarte lo que pides y responderte. Novedades y ofertas te llegan solo si dijiste "
        "que sí, y puedes decir que no cuando quieras.\n\n"
        "## Tus derechos\n\n"
        "Puedes ver tus datos, corregirlos, llevártelos o pedir que los borremos desde tu cuenta "
        "o escribiéndonos.",
    ),
    "en": (
        "Privacy policy",
        "## What we keep\n\n"
        "- Your name, e-mail, phone and address, if you give them to us.\n"
        "- What you buy and what you write to us.\n\n"
        "## What for\n\n"
        "To send you what you ask for and to answer you. News and offers come only if you said "
        "yes, and you can say no at any time.\n\n"
        "## Your rights\n\n"
        "You can see your data, correct it, take it with you or ask us to erase it, from your "
        "account or by writing to us.",
    ),
}


def seed_policies(plan: SeedPlan) -> dict[str, int]:
    """Once, and before anybody agreed to it: a shop that has a text keeps its own."""
    if PolicyVersion.objects.exists():
        return {}
    since = plan.until - OLDER_THAN_ANYBODY
    PolicyVersion.objects.bulk_create(
        PolicyVersion(
            language=language,
            number=1,
            title=title,
            body=body,
            edited_at=since,
            published_at=since,
        )
        for language, (title, body) in TEXTS.items()
    )
    return {}
