"""One's own safety page, and what two browsers at once may not do."""

import json
import threading
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, connections
from django.test import Client

from config.kit.errors import DomainError
from customers.models import Session, User
from customers.selectors.factors import factor_exists
from customers.services.accounts import password_link
from customers.services.second_factor import (
    factor_check,
    recovery_codes_left,
)
from tests.accounts.conftest import PASSWORD, code_of


def at_once(*jobs):
    """Run the jobs in threads of their own connections; their results, errors as their codes."""
    results, gate = [], threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            results.append(job())
        except DomainError as error:
            results.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_one_recovery_code_used_twice_at_once_passes_once(ana, ana_factor):
    _secret, codes = ana_factor

    results = at_once(*[lambda: factor_check(user=ana, code=codes[0])] * 4)

    assert sorted(map(str, results)) == ["None", "code_wrong", "code_wrong", "code_wrong"]
    assert recovery_codes_left(user=ana) == 9


@pytest.mark.django_db(transaction=True)
def test_one_code_of_the_phone_used_twice_at_once_passes_once(ana, ana_factor):
    secret, _codes = ana_factor

    results = at_once(*[lambda: factor_check(user=ana, code=code_of(secret))] * 4)

    assert sorted(map(str, results)) == ["None", "code_wrong", "code_wrong", "code_wrong"]


def test_an_older_code_is_refused_after_a_newer_one(ana, ana_factor):
    secret, _codes = ana_factor
    factor_check(user=ana, code=code_of(secret, steps=1))

    with pytest.raises(DomainError, match="code_wrong"):
        factor_check(user=ana, code=code_of(secret))


def test_secrets_lie_encrypted_and_open_for_their_owner_only(ana, beto, ana_factor):
    secret, _codes = ana_factor
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert all(secret not in row[0] for row in cursor.fetchall())

    Authenticator.objects.filter(user=ana).update(user=beto)

    with pytest.raises(ValueError, match="another place"):
        factor_check(user=beto, code=code_of(secret))


def test_setting_it_up_asks_for_the_password_and_the_first_code(ana, ana_client):
    page = ana_client.get("/backoffice/security/factor/")
    secret = page.context["secret"].replace(" ", "")
    url = "/backoffice/security/factor/"

    wrong_password = ana_client.post(url, {"code": code_of(secret), "password": "nope"})
    assert wrong_password.status_code == 422
    assert not factor_exists(user=ana)
    right = ana_client.post(url, {"code": code_of(secret), "password": PASSWORD})

    assert len(set(right.context["codes"])) == 10
    assert (factor_exists(user=ana), recovery_codes_left(user=ana)) == (True, 10)
    shown = ana_client.get("/backoffice/security/").content.decode()
    assert "You have 10 recovery codes left." in shown
    assert right.context["codes"][0] not in shown


def test_new_recovery_codes_replace_the_old_ones(ana, ana_client, ana_factor):
    _secret, old = ana_factor

    made = ana_client.post("/backoffice/security/codes/", {"password": PASSWORD}).context["codes"]

    assert not set(made) & set(old)
    with pytest.raises(DomainError, match="code_wrong"):
        factor_check(user=ana, code=old[0])
    factor_check(user=ana, code=made[0])


def test_it_can_be_turned_off_only_where_it_is_not_required(ana, ana_client, ana_factor, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    ana_client.post("/backoffice/security/factor/off/", {"password": PASSWORD})
    assert factor_exists(user=ana)

    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    ana_client.post("/backoffice/security/factor/off/", {"password": PASSWORD})
    assert not factor_exists(user=ana)


def test_looking_at_the_pages_changes_nothing(ana, ana_client, ana_factor):
    before = json.dumps(list(Authenticator.objects.values_list("pk", "data")))
    for page in ["", "factor/", "factor/off/", "codes/", "password/"]:
        assert ana_client.get(f"/backoffice/security/{page}").status_code == 200

    assert json.dumps(list(Authenticator.objects.values_list("pk", "data"))) == before


def test_a_new_password_ends_the_other_sessions(ana, ana_client, staff_client):
    elsewhere = staff_client(ana)

    answer = ana_client.post(
        "/backoffice/security/password/",
        {"current": PASSWORD, "password": "a-quite-different-1"},
    )

    assert answer.url == "/backoffice/security/"
    assert ana_client.get("/backoffice/security/").status_code == 200
    assert elsewhere.get("/backoffice/security/").status_code == 302
    assert User.objects.get(pk=ana.pk).check_password("a-quite-different-1")


@pytest.mark.parametrize("password", ["short", "12345678901", "password123", "ana-millaray"])
def test_weak_passwords_are_refused_with_a_reason(ana, ana_client, password):
    answer = ana_client.post(
        "/backoffice/security/password/", {"current": PASSWORD, "password": password}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert User.objects.get(pk=ana.pk).check_password(PASSWORD)


def test_one_ends_ones_own_sessions_and_nobody_elses(ana, beto, ana_client, staff_client):
    staff_client(ana)
    staff_client(beto)
    page = ana_client.get("/backoffice/security/")
    others = [one for one in page.context["sessions"] if not one.is_current]
    assert len(others) == 1

    beto_client = staff_client(beto)
    beto_client.post("/backoffice/security/sessions/end/", {"session": others[0].handle})
    assert Session.objects.filter(user=ana).count() == 2
    ana_client.post("/backoffice/security/sessions/end/", {"session": others[0].handle})
    assert Session.objects.filter(user=ana).count() == 1
    assert Session.objects.filter(user=beto).count() == 2

    beto_client.post("/backoffice/security/sessions/end/")
    assert Session.objects.filter(user=beto).count() == 1
    assert ana_client.get("/backoffice/security/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_one_password_link_used_twice_at_once_sets_one_password(make_customer, client):
    link = urlsplit(password_link(make_customer("rayen@correo.example"))).path

    def use(password: str) -> int:
        return Client().post(link, {"password": password}).status_code

    results = at_once(lambda: use("la-primera-frase-1"), lambda: use("la-segunda-frase-2"))

    assert sorted(results) == [302, 410]
    assert User.objects.count() == 1
