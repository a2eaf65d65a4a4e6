"""I19: no file, merge or order subscribes whoever unsubscribed, but for later words with a proof."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.kit import clock
from customers.merging.services import customers_merge
from customers.models import ConsentEvent, ConsentState, Customer
from customers.selectors.merges import family_ids
from customers.services.consent import consent_record
from customers.services.order_sync import OrderContact, customer_sync_order
from tests.imports.conftest import apply, configure, stage, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("BX14", "O14", "US05")]
ADDRESS, TWIN = "ana@x.cl", "otra@x.cl"
DAYS = st.integers(1, 9)
SPOKEN = st.tuples(st.sampled_from(["granted", "withdrawn"]), DAYS)
BROUGHT = st.one_of(
    st.tuples(st.just("all_agreed"), st.just(0)),
    st.tuples(st.just("column"), st.just(0)),
    st.tuples(st.just("dated"), DAYS),
    st.tuples(st.just("order"), st.just(0)),
    st.tuples(st.just("merge"), st.just(0)),
)


def ago(days: int):
    return clock.now() - timedelta(days=days)


def bring(kind: str, days: int) -> None:
    """One of the ways in which a shop's data comes in without the person being there."""
    if kind == "order":
        customer_sync_order(
            reference=f"o{Customer.objects.count()}",
            email=ADDRESS,
            contact=OrderContact(first_name="Ana"),
        )
        return
    if kind == "merge":
        twin = Customer.objects.live().filter(email_key=TWIN).first()
        if twin is not None:
            customers_merge(survivor=holder(), loser=twin)
        return
    rows = f"correo\n{ADDRESS}\n"
    consent: dict[str, str] = {"mode": "yes", "evidence": "Lista"}
    if kind == "column":
        rows, consent = f"correo,suscrito\n{ADDRESS},si\n", {"mode": "column"}
    if kind == "dated":
        day = ago(days).strftime("%Y-%m-%d")
        rows = f"correo,optin_time,optin_ip\n{ADDRESS},{day},192.0.2.1\n"
        consent = {"mode": "column"}
    batch = stage(configure(upload(rows), update=True, consent=consent))
    if batch.counts.get("update"):
        apply(batch)


def holder() -> Customer:
    return Customer.objects.live().get(email_key=ADDRESS)


def standing() -> str:
    state = ConsentState.objects.filter(
        customer=holder(), channel="email", purpose="marketing"
    ).first()
    return state.value if state else ""


def newest(value: str):
    """The time of the family's newest statement of that kind, undated files apart."""
    rows = ConsentEvent.objects.filter(customer__in=family_ids(holder()), value=value)
    at = rows.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    return at or ago(10_000)


@settings(
    max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    ana=st.lists(SPOKEN, min_size=1, max_size=2),
    twin=st.lists(SPOKEN, max_size=2),
    brought=st.lists(BROUGHT, min_size=1, max_size=3),
)
def test_i19_who_unsubscribed_stays_so_whatever_comes_in(
    make_customer: Callable[..., Customer], ana, twin, brought
):
    with transaction.atomic():
        for email, statements in ((ADDRESS, ana), (TWIN, twin)):
            person = make_customer(email)
            for value, days in statements:
                consent_record(
                    customer=person,
                    channel="email",
                    value=value,
                    source="account",
                    occurred_at=ago(days),
                )
        for kind, days in brought:
            before, withdrawn = standing(), newest("withdrawn")
            bring(kind, days)
            if before != "withdrawn" or standing() != "granted":
                continue
            assert kind in {"dated", "merge"}
            assert newest("granted") > withdrawn
        transaction.set_rollback(True)
