"""Codes of registration and sharing codes: whose they are, who came by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from config.kit import clock
from customers.models import CodeUse, Customer, RegistrationCode
from customers.rules.registration_codes import code_shown, read_code
from customers.rules.statuses import may_log_in

# Who came by a code and was not voided since.
HOLDS = Q(voided_at=None)


@dataclass(frozen=True, kw_only=True)
class Codes:
    """``use`` leads to the code by which the person came; ``own`` is the one that they share."""

    use: CodeUse | None
    own: RegistrationCode | None
    earlier: Sequence[RegistrationCode] = field(default_factory=tuple)
    brought: int = 0


def codes_of(customer: Customer) -> Codes:
    held = list(RegistrationCode.objects.filter(customer=customer).order_by("-created_at"))
    use = CodeUse.objects.filter(HOLDS, customer=customer).select_related("code__customer").first()
    return Codes(
        use=use,
        own=next((one for one in held if one.is_current), None),
        earlier=[one for one in held if not one.is_current],
        brought=brought_by([customer.pk]).get(customer.pk, 0) if held else 0,
    )


def own_code_of(customer: Customer) -> RegistrationCode | None:
    """The code that this person shares now."""
    return RegistrationCode.objects.filter(customer=customer, is_current=True).first()


def brought_by(ids: Iterable[int]) -> dict[int, int]:
    """How many live people each of them brought, by any of their codes."""
    found = (
        CodeUse.objects.filter(HOLDS, code__customer__in=list(ids), customer__in=_live())
        .values_list("code__customer")
        .annotate(n=Count("pk"))
    )
    return dict(found)


def came_by(codes: Iterable[RegistrationCode]) -> dict[int, int]:
    """How many live people came by each of these codes."""
    found = (
        CodeUse.objects.filter(HOLDS, code__in=list(codes), customer__in=_live())
        .values_list("code")
        .annotate(n=Count("pk"))
    )
    return dict(found)


def codes_used_by(ids: Iterable[int]) -> dict[int, RegistrationCode]:
    """By which code each of these people came."""
    uses = CodeUse.objects.filter(HOLDS, customer__in=list(ids)).select_related("code__customer")
    return {one.customer_id: one.code for one in uses}


def codes_shared_by(ids: Iterable[int]) -> dict[int, str]:
    """The code that each of these people shares now."""
    held = RegistrationCode.objects.filter(customer__in=list(ids), is_current=True)
    return dict(held.values_list("customer_id", "code"))


def customers_with_code(rows: "QuerySet[Customer]", text: str) -> "QuerySet[Customer]":
    """Who came by this code; of a sharing code, by any code of the same person."""
    code = code_of(text)
    if code is None:
        return rows.none()
    of_it = Q(code__customer=code.customer_id) if code.customer_id else Q(code=code)
    return rows.filter(Exists(CodeUse.objects.filter(HOLDS, of_it, customer=OuterRef("pk"))))


def customers_by_any_code(rows: "QuerySet[Customer]", *, is_any: bool) -> "QuerySet[Customer]":
    held = Exists(CodeUse.objects.filter(HOLDS, customer=OuterRef("pk")))
    return rows.filter(held if is_any else ~held)


def code_of(text: str) -> RegistrationCode | None:
    """The code that somebody typed, whatever its state."""
    code = read_code(text)
    if not code:
        return None
    return RegistrationCode.objects.select_related("customer").filter(code=code).first()


def is_open(code: RegistrationCode) -> bool:
    """Whether somebody can still come by it; who shares it has to be there and not shut out."""
    if code.revoked_at is not None or code_is_over(code):
        return False
    return code.customer is None or may_log_in(code.customer.state)


def code_is_over(code: RegistrationCode) -> bool:
    return code.valid_until is not None and code.valid_until <= clock.now()


def code_last_day(code: RegistrationCode) -> date | None:
    """The last day of the site on which somebody can come by it."""
    if code.valid_until is None:
        return None
    return (code.valid_until - timedelta(microseconds=1)).astimezone(clock.site_zone()).date()


def is_used_up(code: RegistrationCode) -> bool:
    return code.most_uses is not None and code.uses.count() >= code.most_uses


def code_link(code: RegistrationCode) -> str:
    """The page that remembers the code until its reader opens an account."""
    return f"{settings.SITE_URL}{reverse('account:invited', args=[code.code])}"


def code_label(code: RegistrationCode) -> str:
    """In words: the name of a shop or campaign, the name of a person."""
    return str(code.customer) if code.customer is not None else code.name


def codes_for_search(text: str) -> Q:
    """By code or by a part of the name."""
    wanted = Q(name__icontains=text)
    code = read_code(text)
    return wanted | Q(code=code) if code else wanted


def codes_named(ids: Iterable[int]) -> list[tuple[int, str]]:
    rows = RegistrationCode.objects.filter(pk__in=list(ids)).only("code", "name")
    return [(one.pk, one.name or code_shown(one.code)) for one in rows]


def category_codes(category_id: int) -> list[str]:
    """The names of codes that give this category."""
    held = RegistrationCode.objects.filter(category=category_id, revoked_at=None)
    return list(held.order_by("name").values_list("name", flat=True))


CHAIN = """
WITH RECURSIVE up(id) AS (
    SELECT code.customer_id FROM customers_codeuse AS held
    JOIN customers_registrationcode AS code ON code.id = held.code_id
    WHERE held.customer_id = %s AND held.voided_at IS NULL AND code.customer_id IS NOT NULL
    UNION
    SELECT code.customer_id FROM up
    JOIN customers_codeuse AS held ON held.customer_id = up.id AND held.voided_at IS NULL
    JOIN customers_registrationcode AS code ON code.id = held.code_id
    WHERE code.customer_id IS NOT NULL)
SELECT 1 FROM up WHERE id = %s
"""


def brought_themselves(customer: Customer) -> bool:
    """Whether whoever brought this person, at the end of a chain, is this person."""
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [customer.pk, customer.pk])
        return cursor.fetchone() is not None


def _live() -> "QuerySet[Customer]":
    return Customer.objects.live()
