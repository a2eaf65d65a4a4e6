"""What this app lets go by itself: the words of mails to one person, not that they were sent."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from customers.models import LegalHold
from customers.privacy.retention import Over, RetentionClass, retention
from messaging.models import Delivery, TransactionalMail

A_PASS: Final = 5_000
UNSENT: Final = (Delivery.State.PENDING, Delivery.State.IN_FLIGHT)


def old_bodies(before: datetime) -> "QuerySet[TransactionalMail]":
    """With words still, older than that, not waiting to be sent, of people without a legal hold."""
    waiting = Delivery.objects.filter(
        campaign_id__isnull=True, state__in=UNSENT, created_at__lt=before
    )
    held = LegalHold.objects.filter(customer=OuterRef("customer"), lifted_at=None)
    return TransactionalMail.objects.filter(
        ~Q(html="", text=""), ~Exists(held), created_at__lt=before
    ).exclude(delivery_id__in=list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _empty(before: datetime) -> int:
    """Subject, state and times stay in the log."""
    rows = old_bodies(before).order_by("created_at", "pk")
    some = list(rows.select_for_update(of=("self",), skip_locked=True)[:A_PASS])
    ids = [one.pk for one in some]
    return TransactionalMail.objects.filter(pk__in=ids).update(html="", text="")


def register_all() -> None:
    retention.register(
        "mail_bodies",
        RetentionClass(
            label=lazy("Words of mails to one person"),
            what=lazy(
                "What stood in letters, tests and answers goes; subject, state and times stay in "
                "the log. A campaign keeps its content, which is nobody's."
            ),
            count=lambda before: Over(number=old_bodies(before).count()),
            run=_empty,
            least=30,
            is_people=False,
        ),
    )
