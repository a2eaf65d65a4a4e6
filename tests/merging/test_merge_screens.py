"""The inbox, the comparison, the undo, and old addresses that keep leading somewhere."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from config.kit.jobs.services import jobs_run_due
from config.kit.models import Job
from config.kit.outbox import dispatch
from customers.merging.duplicates import duplicates_refresh
from customers.merging.services import customers_merge
from customers.models import Customer, DuplicatePair, Merge
from customers.services.profile import customer_create, customer_update

pytestmark = [pytest.mark.feature("E33", "BX08"), pytest.mark.django_db]


@pytest.fixture
def pair(make_full):
    return make_full("Rayén", "rayen@correo.example", 1), make_full("Rayen", "rayen.b@x.example", 2)


def reasons() -> dict[tuple[str, str], list[str]]:
    rows = DuplicatePair.objects.select_related("first", "second")
    return {(one.first.first_name, one.second.first_name): sorted(one.reasons) for one in rows}


def test_what_two_records_share_is_found(make_customer):
    same = {"id_type": "rut", "id_number": "123456785"}
    make_customer("maria.soto@gmail.com", first_name="A", phone="+56911112222", **same)
    make_customer("mariasoto+tienda@googlemail.com", first_name="B", **same)
    make_customer("c@x.example", first_name="C", phone="+56911112222")
    make_customer("d@x.example", first_name="D")
    duplicates_refresh()
    assert reasons() == {("A", "B"): ["document", "mailbox"], ("A", "C"): ["phone"]}


def test_a_number_of_many_people_says_nothing(make_customer):
    for n in range(9):
        make_customer(f"p{n}@x.example", phone="+56911112222")
    assert duplicates_refresh() == 0


def test_the_list_keeps_in_step_with_every_change():
    one = customer_create(profile={"email": "a@x.example", "phone": "+56911112222"})
    customer_create(profile={"email": "b@x.example", "phone": "+56911112222"})
    dispatch()
    assert DuplicatePair.objects.count() == 1
    customer_update(customer=one, version=1, profile={"phone": "+56933334444"})
    dispatch()
    assert DuplicatePair.objects.count() == 0


def test_two_people_stay_two_until_there_is_a_new_reason(ana_client, make_customer):
    one = make_customer("a@x.example", phone="+56911112222")
    other = make_customer("b@x.example", phone="+56911112222")
    duplicates_refresh()
    found = DuplicatePair.objects.get()
    ana_client.post(reverse("customers:duplicate_judge", args=[found.pk, "two"]))
    duplicates_refresh()
    duplicates_refresh(ids=[one.pk])
    found.refresh_from_db()
    assert found.state == "dismissed"
    inbox = reverse("customers:duplicates")
    assert "b@x.example" not in ana_client.get(inbox).content.decode()
    assert "b@x.example" in ana_client.get(inbox, {"view": "dismissed"}).content.decode()
    assert "b@x.example" in ana_client.get(inbox, {"f": "1"}).content.decode()
    make_customer("c@x.example", phone="+56911112222")
    duplicates_refresh()
    clear = (
        f'href="{inbox}?f=1" hx-get="{inbox}?f=1" hx-target="#index" hx-swap="outerHTML">Clear all'
    )
    assert clear in ana_client.get(inbox).content.decode()
    assert clear not in ana_client.get(inbox, {"view": "dismissed"}).content.decode()
    document = {"id_type": "rut", "id_number": "123456785"}
    Customer.objects.filter(pk__in=[one.pk, other.pk]).update(**document)
    duplicates_refresh()
    found.refresh_from_db()
    assert (found.state, sorted(found.reasons)) == ("open", ["document", "phone"])


def test_a_verdict_is_taken_back_where_the_two_are_compared(ana_client, pair):
    one, other = pair
    Customer.objects.update(phone="+56911112222")
    duplicates_refresh()
    found = DuplicatePair.objects.get()
    page = reverse("customers:merge", args=[one.public_id, other.public_id])
    again = reverse("customers:duplicate_judge", args=[found.pk, "again"])
    assert again not in ana_client.get(page).content.decode()
    ana_client.post(reverse("customers:duplicate_judge", args=[found.pk, "two"]))
    text = ana_client.get(page).content.decode()
    assert "Ana Millaray said on" in text
    assert again in text
    ana_client.post(again)
    inbox = ana_client.get(reverse("customers:duplicates")).content.decode()
    assert f'<span class="visually-hidden">{found.first} and {found.second}</span>' in inbox


def test_the_banner_counts_the_pairs_for_those_who_may_judge(ana_client, make_customer):
    url = reverse("customers:list")
    assert "may be one person" not in ana_client.get(url).content.decode()
    for n in range(2):
        make_customer(f"p{n}@x.example", phone="+56911112222")
    duplicates_refresh()
    assert "1 pair of records may be one person." in ana_client.get(url).content.decode()


def test_a_pair_is_compared_and_merged_as_chosen(ana_client, pair):
    survivor, loser = pair
    url = reverse("customers:merge", args=[survivor.public_id, loser.public_id])
    page = ana_client.get(url).content.decode()
    for text in ("5 activities", "1 tag", "1 note", "1 message", "Withdrawn", "Both say so"):
        assert text in page
    survivor.refresh_from_db()
    assert (Merge.objects.count(), survivor.version) == (0, 1)
    data = {"merge": "1", "one": "1", "other": "1", "take.name": "loser", "take.email": "survivor"}
    answer = ana_client.post(url, data)
    assert answer["Location"] == reverse("customers:record", args=[survivor.public_id])
    survivor.refresh_from_db()
    assert (survivor.first_name, survivor.email) == ("Rayen", "rayen@correo.example")


def test_a_page_that_is_out_of_date_merges_nothing(ana_client, pair):
    survivor, loser = pair
    Customer.objects.filter(pk=loser.pk).update(version=2)
    url = reverse("customers:merge", args=[survivor.public_id, loser.public_id])
    answer = ana_client.post(url, {"merge": "1", "one": "1", "other": "1"})
    assert answer.status_code == 409
    assert "Somebody changed one of the records meanwhile." in answer.content.decode()
    assert Merge.objects.count() == 0


def test_old_addresses_lead_to_the_record_that_stayed(ana_client, pair):
    survivor, loser = pair
    customers_merge(survivor=survivor, loser=loser)
    old = reverse("customers:record", args=[loser.public_id])
    answer = ana_client.get(old)
    assert answer["Location"] == reverse("customers:record", args=[survivor.public_id])
    notes = ana_client.get(reverse("customers:panel", args=[loser.public_id, "notes"]))
    assert notes["Location"].endswith(f"{survivor.public_id}/notes/")
    for text in ("rayen.b@x.example", str(loser.public_id)):
        found = ana_client.get(reverse("customers:list"), {"q": text}).content.decode()
        assert str(survivor.public_id) in found, text
    assert ana_client.get(reverse("customers:record", args=[uuid4()])).status_code == 404


def test_a_merge_is_undone_from_its_page(ana_client, pair):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser, chosen=["name"])
    page = ana_client.get(reverse("customers:merge_page", args=[merge.public_id]))
    assert "Rayen went into Rayen" in page.content.decode()
    url = reverse("customers:merge_undo", args=[merge.public_id])
    assert "becomes a record of its own again" in ana_client.get(url).content.decode()
    ana_client.post(url)
    loser.refresh_from_db()
    assert loser.is_live
    answer = ana_client.get(url, follow=True)
    assert "This merge was undone already." in answer.content.decode()


def test_the_other_record_is_found_by_a_search(ana_client, pair, make_customer):
    survivor, _loser = pair
    other = make_customer("iker@correo.example", first_name="Iker")
    url = reverse("customers:merge_pick", args=[survivor.public_id])
    page = ana_client.get(url, {"q": "iker"}).content.decode()
    assert reverse("customers:merge", args=[survivor.public_id, other.public_id]) in page
    assert ana_client.get(url, {"q": "%a" * 20}).status_code == 422


def test_many_pairs_are_merged_by_a_job(ana_client, make_customer):
    for n in range(2):
        make_customer(f"p{n}@x.example", phone="+56911112222")
        make_customer(f"q{n}@x.example", phone="+56933334444")
    duplicates_refresh()
    ids = [str(pk) for pk in DuplicatePair.objects.values_list("pk", flat=True)]
    data = {"action": "merge", "ids": ids, "confirmed": "1"}
    ana_client.post(reverse("customers:duplicates"), data)
    jobs_run_due(queue="jobs")
    assert Job.objects.get().result == {"merged": 2, "refused": 0}
    assert Customer.objects.live().count() == 2


def test_who_only_reads_merges_nothing(beto_client, pair):
    survivor, loser = pair
    url = reverse("customers:merge", args=[survivor.public_id, loser.public_id])
    assert beto_client.post(url, {"merge": "1"}).status_code == 403
    assert beto_client.get(reverse("customers:duplicates")).status_code == 200
    assert Merge.objects.count() == 0


def test_the_command_says_merges_and_undoes(pair):
    survivor, loser = pair
    said = run("merge_customers", survivor.email, str(loser.public_id), "--dry-run", "--json")
    assert "5 activities" in json.loads(said)["moves"]
    assert Merge.objects.count() == 0
    done = run("merge_customers", survivor.email, loser.email, "--take", "name", "--json")
    survivor.refresh_from_db()
    assert survivor.first_name == "Rayen"
    made = json.loads(done)["merge"]
    undone = json.loads(run("merge_customers", "--undo", made, "--json"))
    assert undone == {"merge": made, "kept": []}
    with pytest.raises(CommandError, match="undone already"):
        run("merge_customers", "--undo", made)
    with pytest.raises(CommandError, match="There is no customer nadie"):
        run("merge_customers", survivor.email, "nadie@x.example")
    with pytest.raises(CommandError, match="shoe: choose among name, email"):
        run("merge_customers", survivor.email, loser.email, "--take", "shoe")


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()
