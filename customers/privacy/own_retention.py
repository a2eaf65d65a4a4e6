"""What this app lets go by itself: people in the trash, and leads who never came back."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from config.kit.errors import DomainError
from customers.models import Activity, Customer, Erasure, LegalHold, PrivacyRequest
from customers.models.programs import OWN
from customers.privacy.retention import Over, RetentionClass, retention, signs_of_life
from customers.privacy.services import erasure_run, erasure_schedule
from customers.services.identities import lock_identities
from customers.services.status import customer_trash

A_PASS: Final = 200
SAMPLE: Final = 10_000
SIGNS: Final = ("login", "logout", "registered", "password_reset", "page_view", "consent_granted")


def _free(rows: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """Without those whom a legal hold keeps."""
    held = LegalHold.objects.filter(customer=OuterRef("pk"), lifted_at=None)
    return rows.filter(~Exists(held))


def long_trashed(before: datetime) -> "QuerySet[Customer]":
    return _free(Customer.objects.trashed().filter(trashed_at__lt=before))


def old_leads(before: datetime) -> "QuerySet[Customer]":
    """Leads who registered before, and have not logged in since."""
    leads = Customer.objects.live().filter(
        Q(lifecycle=Customer.Lifecycle.LEAD, registered_at__lt=before),
        Q(last_login_at=None) | Q(last_login_at__lt=before),
    )
    return _free(leads)


def quiet_leads(
    before: datetime, among: "QuerySet[Customer] | None" = None
) -> "QuerySet[Customer]":
    """Those of them of whom there is no other sign of life since."""
    signs = Activity.objects.filter(customer=OuterRef("pk"), occurred_at__gte=before).filter(
        Q(kind__in=list(signs_of_life)) | Q(kind__startswith=OWN)
    )
    return (old_leads(before) if among is None else among).filter(~Exists(signs))


def quiet_leads_about(before: datetime, *, sample: int = SAMPLE) -> Over:
    """Exact among few people; among a million every n-th number tells it (all take 20 seconds)."""
    newest = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest <= 2 * sample:
        return Over(number=quiet_leads(before).count())
    every = newest // sample
    some = old_leads(before).filter(pk__in=range(every, newest + 1, every))
    return Over(number=quiet_leads(before, among=some).count() * every, is_exact=False)


def _erase(before: datetime) -> int:
    """Each in a transaction of its own; who may not go now is left for the next pass."""
    rows = long_trashed(before).order_by("trashed_at", "pk")
    return sum(_erase_one(pk, before) for pk in rows.values_list("pk", flat=True)[:A_PASS])


@transaction.atomic
def _erase_one(pk: int, before: datetime) -> bool:
    """Whoever was taken out of the trash meanwhile stays."""
    lock_identities()
    person = long_trashed(before).select_for_update(of=("self",)).filter(pk=pk).first()
    if person is None:
        return False
    try:
        with transaction.atomic():
            scheduled = Erasure.objects.filter(customer=person, state=Erasure.State.SCHEDULED)
            erasure = scheduled.first() or erasure_schedule(
                customer=person, ground=Erasure.Ground.PURPOSE, window=timedelta(0)
            )
            erasure_run(erasure=erasure)
    except DomainError:
        return False
    return True


def _trash(before: datetime) -> int:
    rows = quiet_leads(before).order_by("registered_at", "pk")
    return sum(_trash_one(pk, before) for pk in rows.values_list("pk", flat=True)[:A_PASS])


def old_requests(before: datetime) -> "QuerySet[PrivacyRequest]":
    """Closed before, of people whom no legal hold keeps."""
    held = LegalHold.objects.filter(customer=OuterRef("customer"), lifted_at=None)
    return PrivacyRequest.objects.filter(~Exists(held), closed_at__lt=before)


@transaction.atomic
def _delete_requests(before: datetime) -> int:
    some = list(old_requests(before).order_by("closed_at").values_list("pk", flat=True)[:A_PASS])
    _deleted, by_model = old_requests(before).filter(pk__in=some).delete()
    return by_model.get(PrivacyRequest._meta.label, 0)


@transaction.atomic
def _trash_one(pk: int, before: datetime) -> bool:
    """Whoever became a customer or came back meanwhile stays."""
    person = quiet_leads(before).select_for_update(of=("self",)).filter(pk=pk).first()
    if person is not None:
        customer_trash(customer=person)
    return person is not None


def register_all() -> None:
    for kind in SIGNS:
        signs_of_life.register(kind, "customers")
    retention.register(
        "trash",
        RetentionClass(
            label=lazy("People in the trash"),
            what=lazy("They are erased for good, each with a certificate, as if they had asked."),
            count=lambda before: Over(number=long_trashed(before).count()),
            run=_erase,
            least=7,
        ),
    )
    retention.register(
        "leads",
        RetentionClass(
            label=lazy("Leads without a sign of life"),
            what=lazy(
                "Leads who since then have not logged in, opened, clicked or done anything else "
                "go to the trash, from which they can be taken out."
            ),
            count=quiet_leads_about,
            run=_trash,
            least=30,
        ),
    )
    retention.register(
        "requests",
        RetentionClass(
            label=lazy("Answered privacy requests"),
            what=lazy("They prove that the shop answered in time; after that they are deleted."),
            count=lambda before: Over(number=old_requests(before).count()),
            run=_delete_requests,
            least=365,
            is_people=False,
        ),
    )
