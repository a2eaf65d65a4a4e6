"""The desk of privacy requests: in by every way, due by law, answered in the person's language."""

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from config.kit import clock, outbox
from config.kit.errors import DomainError
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Notice
from config.kit.pages import formats
from customers.backoffice.home import due_requests
from customers.backoffice.requests.forms import RequestForm
from customers.merging.services import customers_merge, merge_undo
from customers.models import Activity, Customer, Erasure, PrivacyRequest, PrivacyStep
from customers.privacy.request_calls import requests_watch
from customers.privacy.requests import (
    request_answer,
    request_assign,
    request_extend,
    request_identify,
    request_receive,
    request_reopen,
    request_wait,
    request_withdraw,
)
from customers.privacy.retention import retention_run_due, retention_set
from customers.privacy.services import customer_block, erasure_run, erasure_schedule
from customers.rules.privacy_laws import due_on, extended_until, law_key
from messaging.models import Delivery, TransactionalMail
from tests.conftest import make_staff

pytestmark = [pytest.mark.feature("BX12", "J24"), pytest.mark.django_db]


def mails() -> list[tuple[str, str, str]]:
    """To whom, which, and what it says, of the mails about requests."""
    outbox.dispatch()
    rows = TransactionalMail.objects.filter(kind__startswith="privacy_").order_by("id")
    to = dict(Delivery.objects.values_list("pk", "address"))
    return [(to[one.delivery_id], one.kind, one.text) for one in rows]


def test_countries_stand_by_name_as_a_reader_looks_for_them():
    with translation.override("es"):
        form = RequestForm(customer=None, country="ES")
        names = [one.choice_label for one in form["country"]]
    assert names.index("Bélgica") < names.index("Bulgaria")


@pytest.mark.parametrize(
    ("country", "right", "received", "law", "due", "extended"),
    [
        # A month to the day; the 31st becomes the last one; a Sunday and New Year move on.
        ("ES", "access", date(2026, 3, 10), "eu", date(2026, 4, 10), date(2026, 6, 10)),
        ("ES", "erasure", date(2026, 1, 31), "eu", date(2026, 3, 2), date(2026, 4, 30)),
        ("FR", "erasure", date(2026, 12, 1), "eu", date(2027, 1, 4), date(2027, 3, 1)),
        # Two working days until the new law; then 30 calendar days, a block two working days.
        ("CL", "access", date(2026, 11, 30), "cl_1999", date(2026, 12, 2), None),
        ("CL", "access", date(2026, 12, 1), "cl", date(2026, 12, 31), date(2027, 1, 30)),
        ("CL", "restriction", date(2026, 12, 4), "cl", date(2026, 12, 9), None),
        ("BR", "portability", date(2026, 6, 1), "br", date(2026, 6, 16), None),
        ("AR", "access", date(2026, 6, 1), "ar", date(2026, 6, 11), None),
        ("AR", "erasure", date(2026, 7, 6), "ar", date(2026, 7, 15), None),
        ("CO", "access", date(2026, 2, 2), "co", date(2026, 2, 16), date(2026, 2, 23)),
        ("PE", "rectification", date(2026, 2, 2), "pe", date(2026, 2, 16), date(2026, 3, 2)),
        ("UY", "access", date(2026, 2, 2), "uy", date(2026, 2, 9), None),
        ("MX", "objection", date(2026, 3, 2), "mx", date(2026, 3, 31), date(2026, 4, 28)),
        ("EC", "access", date(2026, 6, 1), "ec", date(2026, 6, 16), None),
        ("JP", "access", date(2026, 6, 1), "house", date(2026, 7, 1), None),
    ],
)
def test_the_law_of_the_country_sets_the_last_day(country, right, received, law, due, extended):
    assert law_key(country, received) == law
    assert due_on(law, right, country, received) == due
    assert extended_until(law, right, country, received) == extended


def test_a_customer_asks_in_their_account_and_reads_until_when(carla, carla_client, ana):
    url = reverse("account:requests")
    asked = carla_client.post(url, {"right": "access", "details": "Todo lo que tengan."})
    assert asked.status_code == 302
    row = PrivacyRequest.objects.get()
    assert (row.channel, row.identity, row.state, row.country) == (
        "account", "proved", "open", "CL",
    )  # fmt: skip
    assert row.customer is not None
    assert (row.customer.user, row.email) == (carla, "carla@correo.example")
    [(address, kind, text)] = mails()
    assert (address, kind) == ("carla@correo.example", "privacy_received")
    assert row.number in text
    with translation.override(row.language):
        assert formats.day(row.due_on) in text
    again = carla_client.post(url, {"right": "access", "details": ""})
    assert (again.status_code, PrivacyRequest.objects.count()) == (422, 1)
    page = carla_client.get(url).content.decode()
    assert f"Number {row.number}" in page
    notice = Notice.objects.get(user=ana)
    assert notice.url == reverse("customers:request", args=[row.public_id])
    assert AuditEntry.objects.filter(action="customers.privacy_request.received").count() == 1


def test_staff_write_down_a_letter_and_its_e_mail_finds_the_record(ana_client, make_customer):
    person = make_customer("rosa@correo.example", first_name="Rosa", country="AR", language="es")
    sent = {
        "right": "erasure", "channel": "letter", "received_on": clock.today().isoformat(),
        "name": "", "email": "ROSA@correo.example", "country": "AR", "details": "Bórrenme.",
    }  # fmt: skip
    answer = ana_client.post(reverse("customers:request_new"), sent)
    row = PrivacyRequest.objects.get()
    assert answer.headers["Location"] == reverse("customers:request", args=[row.public_id])
    assert (row.customer, row.law, row.identity) == (person, "ar", "pending")
    assert Activity.objects.filter(customer=person, kind="privacy_request").count() == 1
    assert "Rosa" in ana_client.get(answer.headers["Location"]).content.decode()


def test_a_request_of_nobody_or_of_tomorrow_is_refused_at_its_field(ana_client):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    sent = {"right": "access", "channel": "phone", "country": "CL", "name": "", "email": ""}
    for day, field in ((clock.today().isoformat(), "name"), (tomorrow, "received_on")):
        answer = ana_client.post(reverse("customers:request_new"), {**sent, "received_on": day})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert not PrivacyRequest.objects.exists()


@pytest.fixture
def letter(make_customer):
    """Made a request that came by letter, of a person with a record."""

    def make(right="access", country="ES", **more):
        person = make_customer(
            more.pop("email", "pilar@correo.example"), first_name="Pilar", language="es"
        )
        return request_receive(
            right=right, channel="letter", customer=person, country=country, **more
        )

    return make


def test_nothing_is_granted_to_somebody_who_is_not_known(letter, ana):
    row = letter()
    with pytest.raises(DomainError) as refused:
        request_answer(row=row, outcome="granted", text="Va.", is_mailed=True, by=ana)
    assert refused.value.code == "identity_unproved"
    row.refresh_from_db()
    assert (row.state, row.answer) == ("open", "")
    assert [kind for _to, kind, _text in mails()] == ["privacy_received"]


def test_the_first_step_stands_as_a_button_where_it_is_asked_for(letter, ana, ana_client):
    row = letter()
    page = reverse("customers:request", args=[row.public_id])
    act = reverse("customers:request_act", args=[row.public_id, "identity"])
    assert ana_client.get(page).content.decode().count(f'href="{act}"') == 2
    request_identify(row=row, is_proved=True, note="DNI en la tienda", by=ana)
    assert ana_client.get(page).content.decode().count(f'href="{act}"') == 1


def test_the_answer_goes_out_in_the_persons_language_and_closes(letter, ana, ana_client):
    row = letter()
    request_identify(row=row, is_proved=True, note="DNI en la tienda", by=ana)
    page = ana_client.get(reverse("customers:request_reply", args=[row.public_id]))
    with translation.override("es"):
        draft = gettext("You get the copy of all that we hold of you the way you asked for.")
        subject = gettext("Answer to your request at %(site)s") % {"site": settings.SITE_NAME}
    assert draft in page.content.decode()
    sent = {"outcome": "granted", "text": "Aquí va.\n\nSaludos", "is_mailed": "on"}
    ana_client.post(reverse("customers:request_reply", args=[row.public_id]), sent)
    row.refresh_from_db()
    assert (row.state, row.answer_is_mailed) == ("granted", True)
    address, kind, text = mails()[-1]
    assert (address, kind) == ("pilar@correo.example", "privacy_answered")
    assert "Aquí va." in text
    assert TransactionalMail.objects.latest("id").subject == subject
    verbs = list(PrivacyStep.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["received", "identified", "granted"]


def test_an_answer_goes_out_though_the_record_is_blocked(letter, ana):
    row = letter("restriction")
    request_identify(row=row, is_proved=True, note="Llamada de vuelta", by=ana)
    customer_block(customer=row.customer, is_on=True, by=ana)
    request_answer(row=row, outcome="granted", text="Bloqueado.", is_mailed=True, by=ana)
    assert mails()[-1][:2] == ("pilar@correo.example", "privacy_answered")
    mail = TransactionalMail.objects.get(kind="privacy_answered")
    assert (mail.customer, Delivery.objects.get(pk=mail.delivery_id).state) == (None, "pending")


def test_it_is_put_off_once_with_a_reason_that_the_person_reads(letter, ana):
    row = letter()
    first = row.due_on
    with pytest.raises(DomainError) as refused:
        request_extend(row=row, reason=" ", by=ana)
    assert refused.value.field == "reason"
    request_extend(row=row, reason="Son muchos datos.", by=ana)
    row.refresh_from_db()
    assert row.due_on > first + timedelta(days=50)
    assert "Son muchos datos." in mails()[-1][2]
    with pytest.raises(DomainError) as refused:
        request_extend(row=row, reason="Otra vez", by=ana)
    assert refused.value.code == "no_extension"


def test_where_the_law_allows_no_extension_or_the_day_is_over_there_is_none(letter, ana):
    brazilian = letter(country="BR")
    with pytest.raises(DomainError) as refused:
        request_extend(row=brazilian, reason="Mucho", by=ana)
    assert refused.value.code == "no_extension"
    spanish = letter(email="otra@correo.example")
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        with pytest.raises(DomainError) as refused:
            request_extend(row=spanish, reason="Mucho", by=ana)
        assert refused.value.code == "too_late"


def test_waiting_moves_no_last_day_and_a_closed_one_opens_with_a_reason(letter, ana):
    row = letter()
    due = row.due_on
    request_wait(row=row, is_waiting=True, text="Falta el DNI", by=ana)
    row.refresh_from_db()
    assert (row.state, row.due_on) == ("waiting", due)
    request_withdraw(row=row, by=ana)
    with pytest.raises(DomainError) as refused:
        request_wait(row=row, is_waiting=False, by=ana)
    assert refused.value.code == "request_is_closed"
    request_reopen(row=row, text="Se arrepintió", by=ana)
    row.refresh_from_db()
    assert (row.state, row.closed_at, row.due_on) == ("open", None, due)


def test_who_answers_is_told_a_week_before_two_days_before_and_when_late(letter, ana):
    sonia = make_staff("sonia@x.example", "Sonia", "support")
    row = letter()
    request_assign(row=row, assignee=sonia, by=ana)
    Notice.objects.all().delete()
    seen = []
    for left in (8, 7, 6, 2, 1, -1, -3):
        with time_machine.travel(clock.now(), tick=False) as now:
            now.shift(timedelta(days=(row.due_on - clock.today()).days - left))
            requests_watch()
            requests_watch()
            seen.append((left, Notice.objects.filter(user=sonia).count()))
    assert seen == [(8, 0), (7, 1), (6, 1), (2, 2), (1, 2), (-1, 3), (-3, 3)]
    assert not Notice.objects.filter(user=ana).exists()


def test_nobody_is_given_a_request_who_may_not_answer_it(letter, ana, beto):
    row = letter()
    with pytest.raises(DomainError) as refused:
        request_assign(row=row, assignee=beto, by=ana)
    assert (refused.value.code, refused.value.field) == ("assignee_may_not", "assignee")


def test_the_home_page_says_what_is_late_and_what_is_due(letter, ana):
    row = letter()
    with translation.override("en"):
        assert due_requests(ana) == []
        with time_machine.travel(clock.now() + timedelta(days=26), tick=False):
            assert [str(one.title) for one in due_requests(ana)] == [
                "1 privacy request is due within a week"
            ]
        with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
            [late] = due_requests(ana)
            assert (str(late.title), late.tone) == ("1 privacy request is late", "danger")
    assert row.is_pending


def test_their_copy_is_made_by_staff_and_downloaded_by_them_alone(
    carla, carla_client, ana_client, ana, make_customer
):
    carla_client.post(reverse("account:requests"), {"right": "access", "details": ""})
    row = PrivacyRequest.objects.get()
    ana_client.post(reverse("customers:request_copy", args=[row.public_id]))
    jobs_run_due(queue="jobs")
    copy = reverse("account:request_copy", args=[row.public_id])
    assert carla_client.get(copy).status_code == 404
    request_answer(row=row, outcome="granted", text="Lista.", is_mailed=False, by=ana)
    got = carla_client.get(copy)
    assert got.headers["Content-Type"] == "application/zip"
    assert b"".join(got.streaming_content)[:2] == b"PK"
    other = letter_of(make_customer("eva@correo.example"))
    assert (
        carla_client.get(reverse("account:request_copy", args=[other.public_id])).status_code == 404
    )
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert carla_client.get(copy).status_code in {302, 404}


def letter_of(person: Customer) -> PrivacyRequest:
    return request_receive(right="access", channel="letter", customer=person)


def test_an_erasure_grants_what_asked_for_it_and_leaves_no_word_of_the_person(letter, ana):
    row = letter("erasure", details="Soy Pilar Arrieta, pilar@correo.example")
    request_identify(row=row, is_proved=True, note="DNI de Pilar", by=ana)
    erasure_run(erasure=erasure_schedule(customer=row.customer, ground="request", by=ana), by=ana)
    row.refresh_from_db()
    assert (row.state, row.name, row.email, row.details, row.identity_note) == (
        "granted", "", "", "", "",
    )  # fmt: skip
    assert set(PrivacyStep.objects.values_list("text", flat=True)) == {""}
    assert list(PrivacyStep.objects.order_by("id").values_list("verb", flat=True)) == [
        "received", "identified", "erased",
    ]  # fmt: skip
    assert not TransactionalMail.objects.filter(kind__startswith="privacy_").exists()
    assert Erasure.objects.get().report["customers_privacyrequest"] == 1


def test_requests_follow_their_person_through_a_merge_and_back(letter, make_customer, ana):
    row = letter()
    survivor = make_customer("pilar.nueva@correo.example", first_name="Pilar")
    merge = customers_merge(survivor=survivor, loser=row.customer, by=ana)
    row.refresh_from_db()
    assert row.customer == survivor
    merge_undo(merge=merge, by=ana)
    row.refresh_from_db()
    assert row.customer.email == "pilar@correo.example"


def test_answered_requests_go_after_their_days_and_open_ones_never(letter, ana):
    closed, still_open = letter(), letter(email="otra@correo.example")
    request_withdraw(row=closed, by=ana)
    retention_set(days={"requests": 365})
    with time_machine.travel(clock.now() + timedelta(days=366), tick=False):
        assert retention_run_due()["requests"] == 1
    assert list(PrivacyRequest.objects.all()) == [still_open]


def test_the_list_starts_with_what_is_due_first_and_can_be_filtered(ana_client, ana, letter):
    later, sooner = letter(), letter(email="otra@correo.example", country="AR")
    closed = letter(email="cerrada@correo.example", country="AR")
    request_withdraw(row=closed, by=ana)
    page = ana_client.get(reverse("customers:requests")).content.decode()
    assert page.index(sooner.number) < page.index(later.number)
    assert closed.number not in page, "the desk opens with what waits for an answer"
    everything = ana_client.get(reverse("customers:requests") + "?view=all").content.decode()
    assert everything.index(later.number) < everything.index(closed.number)
    argentine = ana_client.get(reverse("customers:requests") + "?f=1&law=ar").content.decode()
    assert sooner.number in argentine
    assert later.number not in argentine
    none = ana_client.get(reverse("customers:requests") + "?f=1&due=late").content.decode()
    assert sooner.number not in none


def test_who_only_reads_customers_sees_no_requests(beto_client, letter):
    row = letter()
    for url in (
        reverse("customers:requests"),
        reverse("customers:request", args=[row.public_id]),
        reverse("customers:request_new"),
    ):
        assert beto_client.get(url).status_code == 403
