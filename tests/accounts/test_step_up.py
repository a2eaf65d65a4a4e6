"""What reaches far asks for a fresh proof of who does it."""

import pytest

from config.kit.models import Job
from customers.models import Customer
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_staff_people import prove


@pytest.fixture
def late(ana_client):
    """Ana at a session whose last proof is 16 minutes old."""
    return prove(ana_client, minutes_ago=16)


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/backoffice/imports/export/", {"kind": "csv"}),
        ("/backoffice/trail/export/", {"kind": "csv"}),
        ("/backoffice/lists/targets/export/", {"kind": "csv"}),
    ],
)
def test_an_export_asks_for_it_and_goes_on(late, url, data):
    asked = late.post(url, data)
    assert asked.status_code == 403
    assert '<input type="hidden" name="kind" value="csv">' in asked.content.decode()
    assert not Job.objects.exists()

    assert late.post(url, {**data, "proof": PASSWORD}).status_code == 302

    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "form"), [("export", {"kind": "csv"}), ("trash", {}), ("tag", {"names": "vip"})]
)
def test_of_the_bulk_actions_those_that_take_away_or_carry_out(late, make_customer, action, form):
    one = make_customer("rayen@correo.example")
    data = {"action": action, "confirmed": "1", "ids": str(one.public_id), **form}

    first = late.post("/backoffice/customers/", data)

    assert first.status_code == (302 if action == "tag" else 403)
    assert Job.objects.count() == (1 if action == "tag" else 0)
    if action != "tag":
        assert late.post("/backoffice/customers/", {**data, "proof": "wrong"}).status_code == 422
        assert Customer.objects.filter(trashed_at=None).count() == 1
        late.post("/backoffice/customers/", {**data, "proof": PASSWORD})
        assert Job.objects.count() == 1


def test_who_gives_up_goes_back_to_where_they_were(late, beto):
    url = f"/backoffice/staff/{beto.pk}/sessions/end/"
    page = "http://testserver/backoffice/staff/"

    asked = late.post(url, headers={"referer": page})
    wrong = late.post(url, {"proof": "wrong", "proof_back": page})
    abroad = late.post(url, headers={"referer": "https://elsewhere.example/"})

    assert f'class="btn btn-ghost" href="{page}"' in asked.content.decode()
    assert f'class="btn btn-ghost" href="{page}"' in wrong.content.decode()
    assert 'class="btn btn-ghost" href="/backoffice/"' in abroad.content.decode()


def test_an_erasure_asks_for_it(late, make_customer):
    person = make_customer("rayen@correo.example")
    url = f"/backoffice/customers/{person.public_id}/erase/"

    assert late.post(url, {"reason": "request"}).status_code == 403
