"""What a status allows is one table; whoever asks gets its answer."""

from datetime import timedelta
from itertools import product

import pytest
from django.test import Client

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, JobError
from customers.merging.services import customers_merge
from customers.models import Activity, Customer, Session
from customers.privacy.services import customer_block, erasure_run, erasure_schedule
from customers.rules.statuses import (
    EFFECTS,
    NEXT,
    STATUSES,
    Login,
    Mail,
    State,
    needs_reason,
    permission_for,
)
from customers.selectors.gate import may_send
from customers.services.accounts import password_link_request
from customers.services.consent import consent_record
from customers.services.profile import customer_create
from customers.services.programs import refuse_blocked
from customers.services.status import (
    customer_deactivate,
    customer_disable,
    customer_status_change,
    customer_trash,
    customers_reactivate_due,
)
from tests.conftest import PASSWORD, make_staff

ADDRESS = "carla@correo.example"
PURPOSES = {Mail.MARKETING: "marketing", Mail.SERVICE: "transactional", Mail.ORDERS: "orders"}


def bring_into(state: State, customer: Customer) -> None:
    if state in STATUSES:
        customer_status_change(customer=customer, status=state, reason="Prueba")
    elif state == State.TRASHED:
        customer_trash(customer=customer)
    elif state == State.MERGED:
        other = customer_create(profile={"email": "otra@correo.example"})
        customers_merge(survivor=other, loser=customer)
    else:
        erasure_run(erasure=erasure_schedule(customer=customer, ground="request"))


@pytest.mark.feature("E19", "E41", "E42", "US02")
@pytest.mark.parametrize("state", list(State))
def test_each_state_allows_what_the_table_says(carla, state: State):
    customer = Customer.objects.get(user=carla)
    consent_record(customer=customer, channel="email", value="granted", source="form")
    Session.objects.create(
        session_key="k", session_data="x", expire_date=clock.now() + timedelta(1), user=carla
    )

    bring_into(state, customer)

    customer.refresh_from_db()
    assert customer.state == state
    effects = EFFECTS[state]
    sent = {mail for mail, purpose in PURPOSES.items() if _is_sent(customer, purpose)}
    assert sent == effects.mails
    assert _link_is_mailed(customer) == (effects.login == Login.OPEN)
    assert _is_reserved(ADDRESS) == effects.keeps_email
    if state == State.MERGED:  # The log-in is the survivor's now.
        assert customer.user_id is None
        return
    answer = Client(headers={"accept-language": "en"}).post(
        "/account/login/", {"email": ADDRESS, "password": PASSWORD}
    )
    assert (answer.status_code == 302) == (effects.login == Login.OPEN)
    assert ("account is paused" in answer.content.decode()) == (effects.login == Login.PAUSED)
    assert Session.objects.filter(session_key="k").exists() == (effects.login == Login.OPEN)


def _is_sent(customer: Customer, purpose: str) -> bool:
    return may_send(customer, channel="email", purpose=purpose).allowed


def _link_is_mailed(customer: Customer) -> bool:
    try:
        password_link_request(customer=customer, by=None)
    except DomainError:
        return False
    return True


def _is_reserved(address: str) -> bool:
    try:
        customer_create(profile={"email": address})
    except DomainError as refusal:
        return refusal.code in {"email_taken", "email_in_trash"}
    return False


@pytest.mark.feature("E19", "E41", "E42")
def test_every_change_of_status_is_allowed_or_refused_as_the_table_says(ana, make_customer):
    """All pairs, with and without the right, with and without a reason."""
    sara = make_staff("sara@casaquillay.example", "Sara Ventas", "sales")
    customer = make_customer("v@correo.example")
    for before, after, by, reason in product(STATUSES, STATUSES, (ana, sara), ("", "Motivo")):
        Customer.objects.filter(pk=customer.pk).update(status=before)
        written = Activity.objects.filter(customer=customer).count()
        if before == after:
            expected = None
        elif after not in NEXT[before]:
            expected = "customer_is_disabled"
        elif not by.has_perm(permission_for(before, after)):
            expected = "right_missing"
        elif needs_reason(before, after) and not reason:
            expected = "reason_missing"
        else:
            expected = ""
        code = _try(customer, after, by, reason)
        customer.refresh_from_db()
        assert (before, after, code) == (before, after, expected or "")
        assert customer.status == (before if expected else after)
        told = Activity.objects.filter(customer=customer).count() - written
        assert told == (1 if expected == "" else 0)


def _try(customer: Customer, after: State, by, reason: str) -> str:
    try:
        customer_status_change(customer=customer, status=after, by=by, reason=reason)
    except DomainError as refusal:
        return refusal.code
    return ""


@pytest.mark.feature("E41")
def test_a_deactivation_that_is_over_ends_once_and_says_so(make_customer):
    due, later, disabled = (make_customer(f"{n}@correo.example") for n in range(3))
    for one in (due, later, disabled):
        customer_deactivate(customer=one, until=clock.now() + timedelta(days=1), reason="Viaje")
    customer_disable(customer=disabled, reason="Fraude")
    Customer.objects.filter(pk=due.pk).update(status_until=clock.now() - timedelta(minutes=1))

    assert (customers_reactivate_due(), customers_reactivate_due()) == (1, 0)

    assert {one.email[0]: one.status for one in Customer.objects.all()} == {
        "0": "active",
        "1": "deactivated",
        "2": "disabled",
    }
    row = Activity.objects.filter(customer=due).latest("id")
    assert row.data == {"from": "deactivated", "to": "active", "reason": "", "is_due": True}
    assert row.origin == "system"


@pytest.mark.feature("E19", "E41", "E42")
def test_the_record_says_what_follows_why_and_until_when(ana_client: Client, make_customer):
    person = make_customer("v@correo.example", first_name="Violeta")
    url = f"/backoffice/customers/{person.public_id}/"
    asked = ana_client.get(f"{url}status/disabled/").content.decode()
    for sentence in (
        "All open sessions end.",
        "There is no log-in, and the person is not told why.",
        "Only mails about orders go out.",
        "Only who may disable people can take it back, and has to say why.",
    ):
        assert sentence in asked
    past = ana_client.post(
        f"{url}status/deactivated/", {"confirmed": "1", "until": "2020-01-01", "reason": "Viaje"}
    )
    assert past.status_code == 422
    assert "The day must lie in the future." in past.content.decode()

    day = (clock.today() + timedelta(days=40)).isoformat()
    ana_client.post(
        f"{url}status/deactivated/", {"confirmed": "1", "until": day, "reason": "De viaje"}
    )

    page = ana_client.get(url).content.decode()
    assert page.count("Inactive until") == 2
    assert "<q>De viaje</q>" in page
    assert "By Ana Millaray" in page
    entry = AuditEntry.objects.get(action="customers.customer.status_changed")
    assert (entry.data["from"], entry.data["to"]) == ("active", "deactivated")


@pytest.mark.feature("E42", "M18")
def test_many_are_changed_only_as_far_as_the_right_goes(staff_client, make_customer):
    sara = make_staff("sara@casaquillay.example", "Sara Ventas", "sales")
    make_customer("a@correo.example", first_name="Alma")
    shut = make_customer("b@correo.example", first_name="Berta", status="disabled")
    answer = staff_client(sara).post(
        "/backoffice/customers/",
        {
            "action": "status",
            "ids": [str(one.public_id) for one in Customer.objects.all()],
            "confirmed": "1",
            "status": "active",
            "reason": "Vuelven",
        },
    )
    assert answer.status_code == 302
    jobs_run_due(queue="jobs")
    shut.refresh_from_db()
    assert shut.status == "disabled"
    assert [(one.column, one.reason) for one in JobError.objects.all()] == [
        ("Berta", "You have no right to let disabled people in again.")
    ]


@pytest.mark.feature("E19")
def test_blocked_data_is_shown_found_and_changed_by_no_program(ana_client: Client, make_customer):
    person = make_customer("v@correo.example", first_name="Violeta")
    make_customer("w@correo.example", first_name="Wanda")
    customer_block(customer=person, is_on=True)
    person.refresh_from_db()
    assert (
        "Data blocked"
        in ana_client.get(f"/backoffice/customers/{person.public_id}/")
        .content.decode()
        .partition("</header>")[2]
    )
    found = ana_client.get("/backoffice/customers/?f=1&blocked=yes").content.decode()
    assert ("Violeta" in found, "Wanda" in found) == (True, False)
    with pytest.raises(DomainError, match="customer_blocked"):
        refuse_blocked(person)
