"""Mails to a person: the ledger keeps its counts, without address and answer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from customers.models import Customer
from customers.privacy.registry import PersonalTable, PrivacyPart, privacy
from customers.privacy.retention import signs_of_life
from messaging.models import Delivery

# Answers to privacy requests go to the address alone where the record is blocked.
TABLES = (
    PersonalTable(
        table="messaging_delivery",
        label=lazy("Messages"),
        erasing="blank",
        where="customer_id = ANY(%(people)s) OR id IN (SELECT delivery_id "
        "FROM messaging_transactionalmail WHERE kind LIKE 'privacy!_%%' ESCAPE '!' AND about IN "
        "(SELECT id FROM customers_privacyrequest WHERE customer_id = ANY(%(people)s)))",
        blank={
            "address": "''",
            "reply": "''",
            "language": "''",
            "state": "CASE WHEN state = 'pending' THEN 'cancelled' ELSE state END",
        },
        why=lazy("It is counted, and no longer leads to anybody."),
        export="SELECT campaign.name AS campaign, mail.kind, mail.state, mail.reason, "
        "mail.address, mail.created_at, mail.sent_at, mail.delivered_at, mail.opened_at, "
        "mail.clicked_at, mail.bounced_at, mail.unsubscribed_at FROM messaging_delivery AS mail "
        "LEFT JOIN messaging_campaign AS campaign ON campaign.id = mail.campaign_id "
        "WHERE mail.customer_id = ANY(%(people)s) ORDER BY mail.created_at",
    ),
    PersonalTable(
        table="messaging_transactionalmail",
        label=lazy("Content of single mails"),
        erasing="delete",
        where="customer_id = ANY(%(people)s) OR user_id = ANY(%(users)s) "
        "OR (kind LIKE 'privacy!_%%' ESCAPE '!' AND about IN "
        "(SELECT id FROM customers_privacyrequest WHERE customer_id = ANY(%(people)s)))",
        export="SELECT kind, subject, text, created_at FROM messaging_transactionalmail "
        "WHERE customer_id = ANY(%(people)s)",
    ),
)


def blockers(customer: Customer) -> list[str]:
    if Delivery.objects.filter(customer=customer, state=Delivery.State.IN_FLIGHT).exists():
        return [
            _("A mail to %(name)s is being sent this moment. Try again in a minute.")
            % {"name": customer}
        ]
    return []


def register_all() -> None:
    for kind in ("email_opened", "email_clicked", "email_unsubscribed"):
        signs_of_life.register(kind, "messaging")
    privacy.register("messaging", PrivacyPart(tables=TABLES, blockers=blockers))
