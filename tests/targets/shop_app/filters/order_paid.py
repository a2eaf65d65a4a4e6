"""An order was paid and not rejected since: window on the payment, count, amount, method."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.inputs import Choice
from targets.operands.number import COUNT
from targets.parameters import CountParameter, NamesParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import (
    Phrase,
    either,
    number_words,
    phrase,
    times_words,
    window_words,
)
from tests.targets.shop_app.amounts import AmountParameter
from tests.targets.shop_app.tables import ORDERS

METHODS = ("webpay", "bizum")


def methods(catalog: Catalog) -> list[Choice]:
    return [Choice(one, one.title()) for one in METHODS]


class OrderPaid(EventFilter):
    id = "order_paid"
    label = gettext_lazy("Order paid")
    section = "shop"
    facts = (ORDERS,)
    source = ORDERS
    moment = "paid_at"
    parameters = (
        AmountParameter(),
        NamesParameter("method", methods, label=gettext_lazy("Paid with"), any_word="any"),
        CountParameter(),
        WindowParameter(),
    )

    def moments(self) -> tuple[str, ...]:
        return ("paid_at", "rejected_at")

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        parts = [
            window_sql("paid_at", values.get("window"), scope),
            f"(rejected_at IS NULL OR rejected_at > {scope.now})",
        ]
        amount = values.get("amount")
        if amount:
            parts.append(COUNT.sql("amount", amount["op"], amount.get("value"), scope))
            parts.append(f"currency = {scope.bind(amount['currency'], 'text')}")
        if "method" in values:
            parts.append(f"method = ANY({scope.bind(values['method'], 'text[]')})")
        return Measure(" AND ".join(parts), **often(values.get("count")))

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        return Witness(kind="order", id=row[0], label=_("Order %(n)s") % {"n": row[0]}, at=row[-1])

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        amount = leaf.values.get("amount")
        money = ""
        if amount:
            money = _("of %(amount)s %(currency)s") % {
                "amount": number_words(amount["op"], amount.get("value")),
                "currency": amount["currency"],
            }
        method = leaf.values.get("method")
        paid = _("with %(methods)s") % {"methods": either(method)} if method else ""
        return phrase(
            _("paid for an order %(money)s %(method)s %(times)s %(when)s"),
            money=money,
            method=paid,
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = OrderPaid()
