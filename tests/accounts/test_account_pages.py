"""A customer's own pages: data, choices, safety."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from config.kit import clock
from customers.models import (
    Activity,
    ConsentEvent,
    ConsentState,
    Customer,
    CustomField,
    Session,
)
from customers.selectors.consents import wording
from customers.selectors.gate import may_send
from customers.services.consent import consent_record
from tests.accounts.conftest import PASSWORD

PAGES = ["", "data/", "consents/", "security/", "security/password/"]


@pytest.fixture
def person(carla) -> Customer:
    customer = Customer.objects.get(user=carla)
    customer.phone = "+56961234567"
    customer.save()
    return customer


def data(person: Customer, **changes: str) -> dict[str, str]:
    person.refresh_from_db()
    return {
        "first_name": "Carla",
        "last_name": "Etxeberria",
        "phone": "9 6123 4567",
        "version": str(person.version),
        **changes,
    }


def choose(client: Client, *ticked: str, shown: str = "es", offered: str = "email sms whatsapp"):
    return client.post(
        "/account/consents/",
        {
            "shown": shown,
            "offered": [f"{channel}.marketing" for channel in offered.split()],
            **{f"{channel}.marketing": "on" for channel in ticked},
        },
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0"},
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_for_who_is_logged_in(db, visitor, page):
    answer = visitor.get(f"/account/{page}")

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_its_owner_and_is_not_kept(person, carla_client, page):
    answer = carla_client.get(f"/account/{page}")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"


def test_looking_at_the_pages_changes_nothing(person, carla_client):
    before = (Customer.objects.get(pk=person.pk).version, ConsentEvent.objects.count())
    for page in PAGES:
        for _time in range(2):
            carla_client.get(f"/account/{page}")

    assert (Customer.objects.get(pk=person.pk).version, ConsentEvent.objects.count()) == before


def test_a_trashed_record_closes_the_account_at_once(person, carla_client):
    assert carla_client.get("/account/").status_code == 200

    Customer.objects.filter(pk=person.pk).update(trashed_at=clock.now())

    assert carla_client.get("/account/").status_code == 302


@pytest.mark.feature("J1")
def test_a_person_changes_their_own_data(person, carla, carla_client):
    answer = carla_client.post(
        "/account/data/",
        data(person, second_last_name="Ñancupil", birthday="29-02-1988", city="Valdivia"),
    )

    assert answer.url == "/account/data/"
    person.refresh_from_db()
    assert (person.second_last_name, person.city) == ("Ñancupil", "Valdivia")
    assert person.birth_date.isoformat() == "1988-02-29"
    row = Activity.objects.get(customer=person, kind="profile_updated")
    assert (row.origin, row.actor_id) == ("storefront", carla.pk)


def test_wrong_data_is_refused_at_its_field_and_kept_on_the_page(person, carla_client):
    answer = carla_client.post(
        "/account/data/", data(person, birthday="31-02-1990", city="Valdivia")
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["birthday"]
    assert "Valdivia" in answer.content.decode()
    person.refresh_from_db()
    assert (person.city, person.birth_date) == ("", None)


def test_fields_that_are_not_theirs_are_not_written(person, carla_client):
    carla_client.post(
        "/account/data/",
        data(
            person,
            email="other@x.example",
            status="disabled",
            lifecycle="customer",
            login_count="99",
            verified_at="",
            user="1",
            id_number="11111111-1",
        ),
    )

    after = Customer.objects.get(pk=person.pk)
    assert (after.email, after.status, after.lifecycle) == (
        "carla@correo.example",
        "active",
        "lead",
    )
    assert (after.login_count, after.id_number, after.user_id) == (0, "", person.user_id)


def test_custom_fields_follow_their_flags(person, carla_client):
    make = CustomField.objects.create
    make(key="size", label="Talla", kind="text", is_visible=True, is_editable=True)
    make(key="seller", label="Vendedora", kind="text", is_visible=True)
    make(key="secret", label="Interno", kind="text", is_editable=True)
    person.custom = {"seller": "Úrsula", "secret": "no mostrar"}
    person.save()

    html = carla_client.get("/account/data/").content.decode()
    carla_client.post(
        "/account/data/",
        data(person, **{"custom.size": "XL", "custom.seller": "yo", "custom.secret": "x"}),
    )

    assert "Úrsula" in html
    assert "no mostrar" not in html
    person.refresh_from_db()
    assert person.custom == {"seller": "Úrsula", "secret": "no mostrar", "size": "XL"}


def test_a_taken_value_does_not_name_its_owner(person, make_customer, carla_client):
    CustomField.objects.create(
        key="card", label="Tarjeta", kind="text", is_visible=True, is_editable=True, is_unique=True
    )
    make_customer("other@x.example", first_name="Millaray", custom={"card": "777"})

    answer = carla_client.post("/account/data/", data(person, **{"custom.card": "777"}))

    assert answer.status_code == 422
    assert "This value cannot be used." in answer.content.decode()
    assert "Millaray" not in answer.content.decode()


def test_a_stale_page_does_not_overwrite(person, carla_client):
    stale = data(person, city="Valdivia")
    carla_client.post("/account/data/", data(person, city="Osorno"))

    answer = carla_client.post("/account/data/", stale)

    assert answer.status_code == 422
    assert Customer.objects.get(pk=person.pk).city == "Osorno"


@pytest.mark.feature("O14")
def test_ticking_a_box_writes_the_words_that_stood_beside_it(person, carla, carla_client):
    choose(carla_client, "email", "sms")

    rows = {one.channel: one for one in ConsentEvent.objects.filter(customer=person)}
    assert set(rows) == {"email", "sms"}
    row = rows["email"]
    assert (row.value, row.purpose, row.source) == ("granted", "marketing", "account")
    assert (row.ip, row.actor_id) == ("127.0.0.1", carla.pk)
    assert "Firefox" in row.user_agent
    assert row.wording == wording("email", "es")
    assert may_send(person, channel="email", purpose="marketing").allowed


def test_the_page_shows_exactly_what_the_ledger_keeps(person, carla_client):
    for language in ("es", "en"):
        carla_client.cookies["language"] = language
        html = carla_client.get("/account/consents/").content.decode()
        assert f'name="shown" value="{language}"' in html
        for channel in ("email", "sms", "whatsapp"):
            assert wording(channel, language) in html


def test_a_made_up_language_falls_back_to_the_sites(person, carla_client):
    choose(carla_client, "email", shown="<script>")

    with translation.override("en"):
        assert ConsentEvent.objects.get().wording == wording("email", "es")


def test_the_same_choice_again_is_no_new_statement(person, carla_client):
    for _click in range(3):
        choose(carla_client, "email")

    assert ConsentEvent.objects.count() == 1


@pytest.mark.feature("O14")
def test_unticking_withdraws(person, carla_client):
    choose(carla_client, "email", "whatsapp")
    choose(carla_client, "whatsapp")

    values = list(ConsentEvent.objects.order_by("id").values_list("channel", "value"))
    assert sorted(values[:2]) == [("email", "granted"), ("whatsapp", "granted")]
    assert values[2:] == [("email", "withdrawn")]
    assert may_send(person, channel="email", purpose="marketing").reason == "unsubscribed"
    html = carla_client.get("/account/consents/").content.decode()
    assert "You withdrew it on" in html


def test_only_what_the_page_offered_is_touched(person, carla_client):
    """A withdrawal that arrived meanwhile for a channel that was not on the page stays."""
    choose(carla_client, "email", "sms")

    choose(carla_client, "email", offered="email")

    assert ConsentState.objects.get(customer=person, channel="sms").value == "granted"


def test_a_person_without_a_phone_is_not_asked_about_it(carla, carla_client):
    choose(carla_client, "email", "sms", "push", "fax")

    assert list(ConsentEvent.objects.values_list("channel", flat=True)) == ["email"]


def test_other_purposes_that_exist_can_be_withdrawn(person, carla_client):
    consent_record(
        customer=person,
        channel="post",
        purpose="catalogue",
        value="granted",
        source="import",
        occurred_at=clock.now() - timedelta(days=2),
    )

    assert "catalogue" in carla_client.get("/account/consents/").content.decode()
    carla_client.post("/account/consents/", {"shown": "es", "offered": ["post.catalogue"]})

    state = ConsentState.objects.get(customer=person, channel="post", purpose="catalogue")
    assert state.value == "withdrawn"


def test_a_new_password_ends_the_sessions_elsewhere(carla, visitor):
    login = {"email": "carla@correo.example", "password": PASSWORD}
    elsewhere = Client()
    elsewhere.post("/account/login/", login)
    visitor.post("/account/login/", login)
    wrong = visitor.post(
        "/account/security/password/", {"current": "nope", "password": "una-frase-nueva-77"}
    )
    assert wrong.status_code == 422
    assert elsewhere.get("/account/").status_code == 200

    visitor.post(
        "/account/security/password/", {"current": PASSWORD, "password": "una-frase-nueva-77"}
    )

    assert visitor.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_person_ends_a_session_elsewhere(carla, visitor):
    login = {"email": "carla@correo.example", "password": PASSWORD}
    elsewhere = Client(
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:120.0) Firefox/120.0"}
    )
    elsewhere.post("/account/login/", login)
    visitor.post("/account/login/", login)
    sessions = visitor.get("/account/security/").context["sessions"]
    other = next(one for one in sessions if not one.is_current)
    assert (other.label, other.ip) == ("Firefox, Windows", "127.0.0.1")

    visitor.post("/account/security/sessions/end/", {"session": other.handle})

    assert elsewhere.get("/account/").status_code == 302
    assert Session.objects.filter(user=carla).count() == 1


def test_every_account_page_asks_a_flat_number_of_questions(
    person, carla_client, django_assert_max_num_queries
):
    for page in PAGES:
        with django_assert_max_num_queries(13):
            carla_client.get(f"/account/{page}")
