"""The merge variables of this app: the person, the custom fields, the site, the mail itself."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField
from messaging.registry import Variable, VariableSource
from messaging.registry import variables as registry

PERSON_SQL: Final = """
SELECT person.id, jsonb_build_object(
    'first_name', person.first_name, 'last_name', person.last_name,
    'second_last_name', person.second_last_name,
    'full_name', concat_ws(' ', nullif(person.first_name, ''), nullif(person.last_name, ''),
                           nullif(person.second_last_name, '')),
    'email', person.email, 'phone', person.phone, 'city', person.city,
    'country', person.country, 'language', person.language)
FROM customers_customer AS person WHERE person.id = ANY(%(ids)s)
"""
CUSTOM_SQL: Final = """
SELECT person.id, person.custom FROM customers_customer AS person WHERE person.id = ANY(%(ids)s)
"""


def person_variables() -> list[Variable]:
    return [
        Variable(name="customer.first_name", label=_("First name"), sample="Ana"),
        Variable(name="customer.last_name", label=_("Last name"), sample="Millaray"),
        Variable(name="customer.second_last_name", label=_("Second last name"), sample="Rojas"),
        Variable(name="customer.full_name", label=_("Full name"), sample="Ana Millaray Rojas"),
        Variable(name="customer.email", label=_("E-mail"), sample="ana@correo.example"),
        Variable(name="customer.phone", label=_("Phone"), sample="+56 9 1234 5678"),
        Variable(name="customer.city", label=_("City"), sample="Valparaíso"),
        Variable(name="customer.country", label=_("Country"), sample="CL"),
        Variable(name="customer.language", label=_("Language"), sample="es"),
    ]


def custom_variables() -> list[Variable]:
    in_english = get_language() == "en"
    samples = {"date": "2026-05-14", "number": "12", "checkbox": "true"}
    return [
        Variable(
            name=f"custom.{field.key}",
            label=(in_english and field.label_en) or field.label,
            sample=samples.get(field.kind, "…"),
        )
        for field in CustomField.objects.filter(disabled_at=None)
    ]


def mail_variables() -> list[Variable]:
    return [
        Variable(name="campaign.name", label=_("Name of the campaign"), sample=""),
        Variable(name="site.name", label=_("Name of the site"), sample=settings.SITE_NAME),
        Variable(name="site.url", label=_("Address of the site"), sample=settings.SITE_URL),
        Variable(
            name="unsubscribe_url",
            label=_("Link to unsubscribe"),
            sample=f"{settings.SITE_URL}/m/u/",
        ),
        Variable(
            name="view_url", label=_("Link to the web version"), sample=f"{settings.SITE_URL}/m/v/"
        ),
    ]


registry.register(
    "customer",
    VariableSource(head="customer", label=_("Person"), variables=person_variables, sql=PERSON_SQL),
)
registry.register(
    "custom",
    VariableSource(
        head="custom", label=_("Custom fields"), variables=custom_variables, sql=CUSTOM_SQL
    ),
)


@dataclass(frozen=True, kw_only=True)
class VariableGroup:
    label: str | Promise
    variables: list[Variable]


def variable_groups() -> list[VariableGroup]:
    """All variables, for the menu that inserts them."""
    groups = [
        VariableGroup(label=source.label, variables=list(source.variables()))
        for source in registry.values()
    ]
    return [*groups, VariableGroup(label=_("Mail and site"), variables=mail_variables())]


def all_variables() -> list[Variable]:
    return [variable for group in variable_groups() for variable in group.variables]


def sources_for(used: Iterable[str]) -> list[VariableSource]:
    """The sources that a template with these variables needs."""
    heads = {name.split(".")[0] for name in used}
    return [source for source in registry.values() if source.head in heads]


def values_for(ids: Sequence[int], used: Iterable[str]) -> dict[int, dict[str, Any]]:
    """Per person the values by head, read by the sources that ``used`` names."""
    values: dict[int, dict[str, Any]] = {pk: {} for pk in ids}
    with connection.cursor() as cursor:
        for source in sources_for(used):
            # Through text: Django's connection gives JSON back unread.
            cursor.execute(
                f"SELECT picked.id, picked.document FROM ({source.sql}) AS picked(id, document)",  # noqa: S608
                {"ids": list(ids)},
            )
            for pk, document in cursor.fetchall():
                values[pk][source.head] = plain(document)
    return values


def plain(document: Any) -> dict[str, Any]:
    """A JSON object as a plain dictionary, read or unread."""
    if isinstance(document, str | bytes):
        document = json.loads(document)
    return dict(document or {})


def site_values(campaign_name: str = "") -> dict[str, Any]:
    return {
        "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
        "campaign": {"name": campaign_name},
    }
