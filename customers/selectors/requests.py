"""Privacy requests: all of them, those of a person, what is due, what was done about one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from config.kit import clock
from config.kit.models import Job, JobFile
from customers.identity import email_key
from customers.models import Customer, CustomerEmail, Erasure, PrivacyRequest, PrivacyStep
from customers.selectors.merges import family_ids

SHOWN = 20
SOON = timedelta(days=7)
A_CENTURY = timedelta(days=36_500)


def requests_listed() -> "QuerySet[PrivacyRequest]":
    return PrivacyRequest.objects.select_related("customer", "assignee", "copy")


def requests_of(customer: Customer) -> "QuerySet[PrivacyRequest]":
    return requests_listed().filter(customer__in=family_ids(customer)).order_by("-pk")


def requests_found(text: str) -> Q:
    """By number, name or e-mail."""
    words = text.strip()
    return (
        Q(public_id__istartswith=words.lower())
        | Q(name__icontains=words)
        | Q(email__icontains=words)
    )


def customer_with_address(address: str) -> Customer | None:
    """The live record that an e-mail leads to."""
    key = email_key(address)
    if not key:
        return None
    rows = CustomerEmail.objects.filter(address_key=key).select_related("customer")
    found = rows.first()
    return found.customer if found is not None and found.customer.is_live else None


def request_by_id(pk: int) -> PrivacyRequest | None:
    return requests_listed().filter(pk=pk).first()


@dataclass(frozen=True, kw_only=True)
class Due:
    """How many open requests are late, how many end within a week, and the first day of those."""

    late: int
    soon: int
    first_soon: date | None


def requests_due() -> Due:
    today = clock.today()
    rows = PrivacyRequest.objects.filter(
        state__in=PrivacyRequest.PENDING, due_on__lte=today + SOON
    ).order_by("due_on")
    days = list(rows.values_list("due_on", flat=True)[:1000])
    soon = [day for day in days if day >= today]
    return Due(late=len(days) - len(soon), soon=len(soon), first_soon=soon[0] if soon else None)


def days_left(row: PrivacyRequest) -> int:
    """Below 0: it is late."""
    return (row.due_on - clock.today()).days


def open_first() -> Case:
    """By the last day, the open ones before all that are closed."""
    after = Cast(F("due_on") + Value(A_CENTURY), DateField())
    pending = When(state__in=PrivacyRequest.PENDING, then=F("due_on"))
    return Case(pending, default=after, output_field=DateField())


def due_like(value: str) -> Q:
    """``late``, ``week`` or ``later``, of the last day."""
    today = clock.today()
    if value == "late":
        return Q(due_on__lt=today)
    if value == "week":
        return Q(due_on__gte=today, due_on__lte=today + SOON)
    return Q(due_on__gt=today + SOON)


def is_after(moment: datetime, day: date) -> bool:
    """Whether it happened later than that day of the site."""
    return moment.astimezone(clock.site_zone()).date() > day


@dataclass(frozen=True, kw_only=True)
class RequestWork:
    """What the product did about a request since it came in."""

    job: Job | None
    files: list[JobFile]
    erasure: Erasure | None


def request_work(row: PrivacyRequest) -> RequestWork:
    erasure = None
    if row.customer_id is not None:
        rows = Erasure.objects.filter(customer=row.customer_id, requested_at__gte=row.created_at)
        erasure = rows.exclude(state=Erasure.State.CANCELLED).order_by("-pk").first()
    return RequestWork(job=row.copy, files=request_files(row), erasure=erasure)


def request_files(row: PrivacyRequest) -> list[JobFile]:
    """The files of its copy whose day is not over."""
    if row.copy_id is None:
        return []
    return list(JobFile.objects.filter(job=row.copy_id, expires_at__gt=clock.now()).order_by("pk"))


def request_steps(row: PrivacyRequest) -> list[PrivacyStep]:
    """The newest first."""
    return list(PrivacyStep.objects.filter(request=row).select_related("by").order_by("-pk"))
