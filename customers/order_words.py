"""How the timeline tells of orders that did not agree with a record, and of what was asked for."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from customers.models import Activity
from customers.selectors.completeness import countable
from customers.selectors.fields import LABELS
from customers.timeline import register


def _order(row: Activity) -> dict[str, str]:
    return {"order": row.data.get("order", ""), "who": row.actor_name}


def _differs(row: Activity) -> str:
    return _("Order %(order)s has other contact data; it was not taken over") % _order(row)


def _applied(row: Activity) -> str:
    text = _("{who} took over the contact data of order {order}")
    return format_html(text, **_order(row))


def _ignored(row: Activity) -> str:
    return format_html(_("{who} ignored the contact data of order {order}"), **_order(row))


def _fields(row: Activity) -> str:
    """The names alone; what the order said may be erased."""
    names = {"address": lazy("Main address")}
    return ", ".join(str(names.get(one) or LABELS.get(one, one)) for one in row.data["fields"])


def _asked(row: Activity) -> str:
    if row.data.get("mailed"):
        return format_html(_("{who} asked by mail for missing data"), who=row.actor_name)
    return format_html(_("{who} asked with a QR code for missing data"), who=row.actor_name)


def _given(row: Activity) -> str:
    if row.data.get("email_taken"):
        return _("Gave missing data; the e-mail belongs to another record and was not taken")
    return _("Gave the missing data")


def _keys(row: Activity) -> str:
    labels = countable()
    return ", ".join(labels.get(one, one) for one in row.data["fields"])


def register_all() -> None:
    register("data_requested", lazy("Asked for data"), "qrcode", "record", _asked, detail=_keys)
    register("data_given", lazy("Data given"), "forms", "record", _given, detail=_keys)
    register(
        "data_request_revoked",
        lazy("Link ended"),
        "x",
        "record",
        lambda row: format_html(_("{who} ended the link for missing data"), who=row.actor_name),
    )
    for key, label, icon, words in (
        ("order_differs", lazy("Order differs"), "arrows-diff", _differs),
        ("order_applied", lazy("Data of an order taken over"), "check", _applied),
        ("order_ignored", lazy("Data of an order ignored"), "x", _ignored),
    ):
        register(key, label, icon, "record", words, detail=_fields)
