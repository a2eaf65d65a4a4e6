"""By which code people come, and whom they bring."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.invariants import invariants
from config.kit.models import AuditEntry
from customers.merging.services import customers_merge, merge_undo
from customers.models import (
    Activity,
    Category,
    CategoryAssignment,
    CodeUse,
    Customer,
    RegistrationCode,
)
from customers.privacy.services import erasure_run, erasure_schedule
from customers.rules.registration_codes import ALPHABET, code_shown, new_code, read_code
from customers.selectors.codes import brought_by, code_of, codes_of, is_open
from customers.selectors.search import Search
from customers.services.categories import category_assign
from customers.services.code_uses import code_use_record, code_use_take_back
from customers.services.codes import (
    registration_code_save,
    registration_code_switch,
    sharing_code_make,
    sharing_code_revoke,
)
from customers.services.passwords import password_link

LIST = "/backoffice/customers/"
CODES = f"{LIST}registration-codes/"
E14, E15 = pytest.mark.feature("E14"), pytest.mark.feature("E15")


def refusal(call, *args, **kwargs):
    """The code of the refusal, and its field."""
    with pytest.raises(DomainError) as found, transaction.atomic():
        call(*args, **kwargs)
    return found.value.code, found.value.field


def came(customer, code, **more):
    return code_use_record(customer=customer, text=code.code, source="staff", **more)


@pytest.fixture
def fair(ana):
    return registration_code_save(name="Feria de Temuco", origin="shop", by=ana)


@pytest.fixture
def people(make_customer):
    """Rayén, Iker and Nahuel."""
    return [
        make_customer(f"{name.lower()}@correo.example", first_name=name)
        for name in ("Rayén", "Iker", "Nahuel")
    ]


def use_of(customer: Customer) -> CodeUse:
    """The code by which somebody came."""
    use = codes_of(customer).use
    assert use is not None
    return use


@E14
@E15
def test_a_code_is_read_as_people_type_it():
    assert {read_code(text) for text in ("cdfg-2345", " CDFG 2345 ", "cdfg–2345")} == {"CDFG2345"}
    # Of two signs that look alike the alphabet has one, and the other is read as it.
    assert read_code("ZSBCDFGH") == "258CDFGH"
    assert [read_code(text) for text in ("", "CDFG234", "CDFG23450", "CDFG2O45")] == [""] * 4
    assert not set(ALPHABET) & set("01AEIOULZSB")
    made = {new_code() for _n in range(500)}
    assert len(made) == 500
    assert all(read_code(one.lower()) == one for one in made)
    assert code_shown("CDFG2345") == "CDFG-2345"


@E14
@pytest.mark.django_db
def test_who_comes_by_a_code_is_written_down_once_and_gets_its_category(fair, people, ana):
    retail, fairs = (
        Category.objects.create(name=name, code=name) for name in ("minorista", "ferias")
    )
    fair = registration_code_save(
        code=fair, name="Feria de Temuco", origin="shop", category=fairs, by=ana
    )
    rayen = people[0]
    category_assign(customer=rayen, categories=[retail], by=ana)

    came(rayen, fair, by=ana)

    assert use_of(rayen).code == fair
    held = CategoryAssignment.objects.filter(customer=rayen)
    assert set(held.values_list("category__code", flat=True)) == {"minorista", "ferias"}
    row = Activity.objects.get(customer=rayen, kind="came_by_code")
    assert (row.data, row.object_kind, row.object_id) == ({"code": fair.code}, "code", fair.pk)
    assert AuditEntry.objects.filter(action="customers.customer.came_by_code").count() == 1
    assert refusal(came, rayen, fair) == ("code_named_already", "code")
    assert CodeUse.objects.filter(customer=rayen).count() == 1
    assert code_use_take_back(customer=rayen, by=ana)
    assert codes_of(rayen).use is None
    came(rayen, fair, by=ana)


@E14
@pytest.mark.django_db
def test_a_code_that_ended_is_revoked_or_used_up_lets_nobody_in(fair, people, ana):
    rayen, iker, nahuel = people
    values = {"name": "Feria", "origin": "shop", "by": ana}
    registration_code_save(code=fair, most_uses=1, last_day=clock.today(), **values)
    came(rayen, fair)
    assert refusal(came, iker, fair) == ("code_used_up", "code")
    registration_code_save(code=fair, last_day=clock.today() - timedelta(days=1), **values)
    assert refusal(came, iker, fair) == ("code_ended", "code")
    registration_code_save(code=fair, **values)
    assert registration_code_switch(code=fair, is_open=False, by=ana)
    assert not registration_code_switch(code=fair, is_open=False, by=ana)
    assert refusal(came, iker, fair) == ("code_ended", "code")
    assert registration_code_switch(code=fair, is_open=True, by=ana)
    came(iker, fair)
    unknown = RegistrationCode(code="CDFGHJKM")
    assert refusal(came, nahuel, unknown) == ("code_unknown", "code")
    assert refusal(code_use_record, customer=nahuel, text="hola", source="staff") == (
        "code_unreadable",
        "code",
    )
    assert not CodeUse.objects.filter(customer=nahuel).exists()


@E15
@pytest.mark.django_db
def test_a_person_shares_one_code_and_earlier_ones_still_lead_to_them_for_a_while(people, ana):
    rayen, iker, nahuel = people
    first = sharing_code_make(customer=rayen, by=ana)
    second = sharing_code_make(customer=rayen, by=ana)
    first.refresh_from_db()
    assert (first.is_current, second.is_current) == (False, True)
    assert first.valid_until is not None
    assert first.valid_until - clock.now() > timedelta(days=89)

    came(iker, first)
    came(nahuel, second)

    assert codes_of(rayen).brought == 2
    rows = Activity.objects.filter(customer=rayen, kind="brought_somebody")
    assert set(rows.values_list("object_id", flat=True)) == {iker.pk, nahuel.pk}
    assert sharing_code_revoke(customer=rayen, by=ana) == 2
    revoked = code_of(second.code)
    assert revoked is not None
    assert not is_open(revoked)
    assert codes_of(rayen).own is None
    assert codes_of(rayen).brought == 2
    Customer.objects.filter(pk=iker.pk).update(trashed_at=clock.now())
    assert brought_by([rayen.pk]) == {rayen.pk: 1}


@E15
@pytest.mark.django_db
def test_nobody_comes_by_themselves_nor_in_a_circle(people):
    rayen, iker, nahuel = people
    codes = {one.pk: sharing_code_make(customer=one) for one in people}
    assert refusal(came, rayen, codes[rayen.pk]) == ("code_is_own", "code")
    came(iker, codes[rayen.pk])
    came(nahuel, codes[iker.pk])
    assert refusal(came, rayen, codes[nahuel.pk]) == ("code_in_circle", "code")
    assert CodeUse.objects.count() == 2
    assert invariants["customers_brought_in_a_circle"]() == 0


@E15
@pytest.mark.django_db
def test_the_code_of_whoever_is_not_there_leads_nobody_to_them(people):
    rayen, iker, _nahuel = people
    code = sharing_code_make(customer=rayen)
    Customer.objects.filter(pk=rayen.pk).update(status="disabled")
    assert refusal(came, iker, code) == ("code_ended", "code")
    Customer.objects.filter(pk=rayen.pk).update(status="active", trashed_at=clock.now())
    assert refusal(came, iker, code) == ("code_ended", "code")
    assert refusal(sharing_code_make, customer=rayen) == ("record_closed", None)


@E15
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_each_other_at_once_are_no_circle(make_customer):
    people = [make_customer(f"{n}@correo.example") for n in range(2)]
    codes = [sharing_code_make(customer=one) for one in people]
    together, outcomes = threading.Barrier(2), []

    def act(mine: int) -> None:
        try:
            together.wait(20)
            came(people[mine], codes[1 - mine])
            outcomes.append("done")
        except DomainError as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(outcomes) == ["code_in_circle", "done"]
    assert CodeUse.objects.count() == 1


@E15
@pytest.mark.django_db
def test_a_merge_takes_the_codes_along_and_voids_who_brought_themselves(people, make_customer):
    rayen, iker, nahuel = people
    codes = {one.pk: sharing_code_make(customer=one) for one in people}
    came(iker, codes[rayen.pk])
    came(nahuel, codes[iker.pk])

    merge = customers_merge(survivor=nahuel, loser=rayen)

    found = codes_of(Customer.objects.get(pk=nahuel.pk))
    assert found.own == codes[nahuel.pk]
    assert [one.pk for one in found.earlier] == [codes[rayen.pk].pk]
    # Iker brought the one who had brought Iker: that is nobody's merit any more.
    assert found.use is None
    assert found.brought == 1
    assert invariants["customers_brought_in_a_circle"]() == 0
    later = make_customer("later@correo.example")
    came(later, codes[rayen.pk])
    assert brought_by([nahuel.pk]) == {nahuel.pk: 2}

    merge_undo(merge=merge)

    assert codes_of(Customer.objects.get(pk=rayen.pk)).own == codes[rayen.pk]
    assert use_of(Customer.objects.get(pk=nahuel.pk)).code == codes[iker.pk]
    assert brought_by([rayen.pk, nahuel.pk]) == {rayen.pk: 2}


@E15
@pytest.mark.django_db
def test_the_codes_of_an_erased_person_lead_nobody_and_stay_counted(people, ana):
    rayen, iker, nahuel = people
    code = sharing_code_make(customer=rayen)
    came(iker, code)
    erasure = erasure_schedule(customer=rayen, ground="request", by=ana)
    erasure_run(erasure=erasure)
    code.refresh_from_db()
    assert code.revoked_at is not None
    assert not code.is_current
    assert refusal(came, nahuel, code) == ("code_ended", "code")
    assert use_of(iker).code == code


@E15
@pytest.mark.django_db
def test_a_person_is_found_by_their_sharing_code(people):
    code = sharing_code_make(customer=people[1])
    found = Search.of(code_shown(code.code).lower())
    rows = list(found.apply(Customer.objects.live()))
    assert rows == [people[1]]
    assert found.matched_in(rows[0]) == ["Sharing code"]


@E14
@E15
def test_the_list_is_filtered_by_the_code(ana_client, fair, people):
    rayen, iker, _nahuel = people
    came(rayen, fair)
    first = sharing_code_make(customer=rayen)
    second = sharing_code_make(customer=rayen)
    came(iker, first)

    def listed(query):
        page = ana_client.get(f"{LIST}?f=1&columns=name&columns=code&columns=brought&{query}")
        return {one.first_name for one in people if one.email in page.content.decode()}

    assert listed(f"code={fair.code}") == {"Rayén"}
    # Any code of the same person, the one they share now too.
    assert listed(f"code={code_shown(second.code)}") == {"Iker"}
    assert listed("code_is=filled") == {"Rayén", "Iker"}
    assert listed("code_is=empty") == {"Nahuel"}
    assert listed("code=CDFGHJKM") == set()


@E14
def test_staff_make_a_code_give_it_and_revoke_it(ana_client, people):
    page = ana_client.post(f"{CODES}new/", {"name": "", "origin": "shop"})
    assert page.status_code == 422
    late = {"name": "Verano", "origin": "campaign", "last_day": "9999-12-31"}
    assert ana_client.post(f"{CODES}new/", late).status_code == 422
    made = ana_client.post(
        f"{CODES}new/",
        {"name": "Verano", "origin": "campaign", "most_uses": "3", "last_day": "2099-01-31"},
        follow=True,
    )
    code = RegistrationCode.objects.get()
    text = made.content.decode()
    assert code_shown(code.code) in text
    assert f"/i/{code.code}/" in text
    assert ana_client.get(f"{CODES}{code.pk}/qr.svg")["Content-Type"] == "image/svg+xml"

    url = f"{LIST}{people[0].public_id}/"
    wrong = ana_client.post(f"{url}came-by/", {"code": "CDFGHJKM", "confirmed": "1"})
    assert wrong.status_code == 422
    assert "There is no such code." in wrong.content.decode()
    ana_client.post(f"{url}came-by/", {"code": code.code.lower(), "confirmed": "1"})
    record = ana_client.get(url).content.decode()
    assert code_shown(code.code) in record
    assert "Verano" in record

    listed = ana_client.get(f"{CODES}?q={code.code}").content.decode()
    assert "1 of 3" in listed
    ana_client.post(f"{CODES}{code.pk}/switch/", {"confirmed": "1"})
    assert "Revoked" in ana_client.get(CODES).content.decode()


@E15
def test_staff_give_replace_and_revoke_a_sharing_code(ana_client, people):
    url = f"{LIST}{people[0].public_id}/"
    ana_client.post(f"{url}sharing-code/new/")
    first = RegistrationCode.objects.get()
    assert code_shown(first.code) in ana_client.get(url).content.decode()
    came(people[1], first)
    assert re.search(
        rf'href="{LIST}\?f=1&amp;code={first.code}"', ana_client.get(url).content.decode()
    )
    ana_client.post(f"{url}sharing-code/new/")
    ana_client.post(f"{url}sharing-code/revoke/", {"confirmed": "1"})
    assert not RegistrationCode.objects.filter(revoked_at=None).exists()


@E14
def test_a_new_record_says_by_which_code_the_person_came(ana_client, fair):
    values = {"first_name": "Amaia", "email": "amaia@correo.example", "lifecycle": "lead"}
    wrong = ana_client.post(f"{LIST}new/", {**values, "code": "CDFG-HJKM"})
    assert wrong.status_code == 422
    assert "There is no such code." in wrong.content.decode()
    assert not Customer.objects.filter(first_name="Amaia").exists()
    ana_client.post(f"{LIST}new/", {**values, "code": code_shown(fair.code)})
    assert use_of(Customer.objects.get(first_name="Amaia")).code == fair


@E15
def test_a_customer_gets_a_code_and_sees_how_many_came(carla, carla_client, people):
    assert "Get my code" in carla_client.get("/account/invite/").content.decode()
    carla_client.post("/account/invite/", {"act": "make"})
    carla_client.post("/account/invite/", {"act": "make"})
    code = RegistrationCode.objects.get(customer=carla.customer)
    came(people[0], code)
    page = carla_client.get("/account/invite/").content.decode()
    assert code_shown(code.code) in page
    assert f"/i/{code.code}/" in page
    assert "1 person" in page
    assert people[0].first_name not in page


@E15
def test_the_shop_can_do_without_sharing_codes(ana_client, carla_client):
    rules = {"lock_mode": "block", "expected": ["email"], "ask_days": "14"}
    ana_client.post(f"{LIST}rules/", rules)
    assert carla_client.get("/account/invite/").status_code == 404
    assert "/account/invite/" not in carla_client.get("/account/").content.decode()


@E15
def test_who_follows_a_link_and_opens_an_account_came_by_it(people):
    rayen, iker, _nahuel = people
    code = sharing_code_make(customer=rayen)
    visitor = Client()
    assert visitor.get("/i/CDFGHJKM/").status_code == 404
    page = visitor.get(f"/i/{code.code.lower()}/")
    assert code_shown(code.code) in page.content.decode()
    assert "Rayén" not in page.content.decode()
    link = password_link(iker).removeprefix("http://testserver")
    link = link[link.index("/account/") :]
    form = visitor.get(link).content.decode()
    assert code_shown(code.code) in form

    refused = visitor.post(link, {"password": "una-clave-larga-9", "code": "nada"})
    assert refused.status_code == 422
    iker.refresh_from_db()
    assert iker.user is None
    visitor.post(link, {"password": "una-clave-larga-9", "code": code_shown(code.code)})

    assert use_of(iker).code == code
    assert use_of(iker).source == "storefront"
    assert codes_of(rayen).brought == 1
