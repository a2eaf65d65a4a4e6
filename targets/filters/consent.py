"""TG27: what a person said about being written to. Waiting for confirmation counts as never."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ConsentState
from customers.models.consent import Channel
from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness
from targets.filter import ValueFilter
from targets.inputs import Choice
from targets.operands.choice import ChoiceOperand
from targets.parameters import NameParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase

CHOICES = (
    Choice("granted", gettext_lazy("granted")),
    Choice("withdrawn", gettext_lazy("withdrawn")),
    Choice("never", gettext_lazy("never given")),
)


def find_channels(catalog: Catalog) -> list[Choice]:
    return [Choice(value, label) for value, label in Channel.choices]


def find_purposes(catalog: Catalog) -> list[Choice]:
    """Marketing, and every purpose that somebody spoke about."""
    return catalog.load("purposes", known_purposes)


def known_purposes() -> list[Choice]:
    known = ConsentState.objects.order_by("purpose").values_list("purpose", flat=True).distinct()
    labels = {"marketing": gettext_lazy("marketing")}
    return [Choice(name, labels.get(name, name)) for name in sorted({*known, "marketing"})]


class Consent(ValueFilter):
    id = "consent"
    label = gettext_lazy("Consent")
    section = "consent"
    facts = ("customers_consentstate",)
    parameters = (
        NameParameter("channel", find_channels, label=gettext_lazy("Channel")),
        NameParameter("purpose", find_purposes, label=gettext_lazy("Purpose"), default="marketing"),
    )

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: CHOICES, can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return f"coalesce(nullif({self._stated(values, scope)}, 'pending'), 'never')"

    def leaf_sql(self, values: dict[str, Any], scope: Scope) -> str:
        """Asked only for what is stated, the outer join can become an inner one."""
        if values["op"] != "any" or "never" in values["value"]:
            return super().leaf_sql(values, scope)
        stated = self._stated(values, scope)
        asked = scope.bind(values["value"], "text[]")
        return f"({stated} IS NOT NULL AND {stated} = ANY({asked}))"

    def _stated(self, values: dict[str, Any], scope: Scope) -> str:
        """What the person said of this channel and purpose; NULL for nothing."""
        channel = scope.bind(values["channel"])
        purpose = scope.bind(values.get("purpose", "marketing"))
        alias = scope.join(
            "consent",
            "(SELECT customer_id, value "  # noqa: S608
            f"FROM {scope.source('customers_consentstate')} "
            f"WHERE channel = {channel} AND purpose = {purpose})",
        )
        return f"{alias}.value"

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        found = super().evidence(leaf, asking)
        said = ConsentState.objects.filter(
            customer_id=asking.person,
            channel=leaf.values["channel"],
            purpose=leaf.values.get("purpose", "marketing"),
        ).first()
        witness = Witness(
            kind="consent", id=asking.person, label="", at=said.since if said else None
        )
        return replace(found, witnesses=(witness,))

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        values = leaf.values
        channel = dict(Channel.choices)[values["channel"]]
        if values["op"] in ("empty", "not_empty"):
            absent = values["op"] == "empty"
            return phrase(_("have no state of consent") if absent else _("have a state of consent"))
        return phrase(
            _("have the consent %(value)s for %(channel)s (%(purpose)s)"),
            value=self.operand(values, catalog).words(values["op"], values["value"]),
            channel=str(channel),
            purpose=_("marketing") if "purpose" not in values else values["purpose"],
        )


FILTER = Consent()
