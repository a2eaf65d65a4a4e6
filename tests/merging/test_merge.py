"""A merge takes everything along, says beforehand what it will do, and can be taken back."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from config.kit.errors import DomainError
from config.kit.invariants import violations
from config.kit.models import AuditEntry
from customers.merging.registry import merge_tables
from customers.merging.services import blockers_of, customers_merge, merge_undo, merges_follow
from customers.models import (
    Activity,
    Address,
    ConsentEvent,
    ConsentState,
    Customer,
    CustomerEmail,
    CustomerPhone,
    Merge,
    Note,
    Session,
    Tagging,
)
from customers.selectors.consents import statements_of
from customers.services.consent import Proof, consent_record
from customers.services.contact_points import email_alias_remove
from customers.services.profile import customer_update
from customers.services.status import customer_trash
from customers.sessions import SessionStore
from messaging.models import Delivery, TransactionalMail
from tests.merging.conftest import T, assert_same, every_row, tables

pytestmark = [pytest.mark.feature("E33", "BX08"), pytest.mark.django_db]


def broken() -> dict[str, int]:
    found = violations().items()
    return {name: n for name, n in found if n and name.startswith("customers_")}


@pytest.fixture
def pair(make_full):
    return make_full("Rayén", "rayen@correo.example", 1), make_full("Rayen", "rayen.b@x.example", 2)


def test_everything_of_the_loser_is_the_survivors(pair, ana):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser, by=ana)
    survivor.refresh_from_db()
    loser.refresh_from_db()
    assert (loser.merged_into_id, loser.is_live, survivor.is_live) == (survivor.pk, False, True)
    assert set(survivor.emails.values_list("address", flat=True)) == {
        "rayen@correo.example",
        "rayen.b@x.example",
        f"otro{survivor.pk}@correo.example",
        f"otro{loser.pk}@correo.example",
    }
    assert survivor.emails.get(is_primary=True).address == "rayen@correo.example"
    tags = Tagging.objects.filter(customer=survivor).values_list("tag__name", flat=True)
    assert set(tags) == {"VIP", "etiqueta 1", "etiqueta 2"}
    categories = survivor.assignments.values_list("category__code", flat=True)
    assert set(categories) == {"oro", "grupo-1", "grupo-2"}
    assert set(survivor.phones.values_list("number", flat=True)) == {
        "+56225550000",
        "+56912345672",
    }
    assert Note.objects.filter(customer=survivor).count() == 2
    assert survivor.external_ids.count() == 2
    assert Address.objects.get(customer=survivor, is_main=True).line1 == "Calle 1"
    assert Activity.objects.filter(customer=survivor, kind="login").count() == 6
    assert TransactionalMail.objects.filter(customer=survivor).count() == 2
    # The second mail of one campaign stays with the merged record; the other one moves.
    assert Delivery.objects.filter(customer=survivor).count() == 3
    assert merge.counts["customers_activity"] == 5
    assert (merge.counts["customers_tagging"], merge.counts["messaging_delivery"]) == (1, 1)


def test_empty_values_are_filled_and_others_stay(pair):
    survivor, loser = pair
    Customer.objects.filter(pk=loser.pk).update(last_name="Millaray", city="Curicó")
    customers_merge(survivor=survivor, loser=loser)
    survivor.refresh_from_db()
    assert (survivor.first_name, survivor.last_name, survivor.city) == ("Rayén", "", "Talca")
    assert survivor.custom == {
        "generic_text_1": "Rayén uno",
        "generic_integer_1": 1,
        "generic_integer_2": 2,
    }
    assert (survivor.login_count, survivor.registered_at.day) == (3, 1)


def test_the_chosen_fields_are_the_losers(pair):
    survivor, loser = pair
    chosen = ["name", "email", "phone", "birthday", "custom.generic_text_1"]
    customers_merge(survivor=survivor, loser=loser, chosen=chosen)
    survivor.refresh_from_db()
    assert (survivor.first_name, survivor.email) == ("Rayen", "rayen.b@x.example")
    assert survivor.birth_date.day == 2
    assert survivor.custom == {"generic_text_1": "Rayen uno", "generic_integer_1": 1}
    primary = survivor.emails.get(is_primary=True)
    assert primary.address == "rayen.b@x.example"
    assert survivor.emails.count() == 4
    assert "+56912345671" in survivor.phones.values_list("number", flat=True)
    assert broken() == {}


def test_the_newest_statement_of_either_holds_and_the_ledger_stays_as_it_was(pair):
    survivor, loser = pair
    before = list(ConsentEvent.objects.order_by("pk").values())
    customers_merge(survivor=survivor, loser=loser)
    held = dict(ConsentState.objects.values_list("channel", "value"))
    assert held == {"email": "withdrawn", "sms": "granted", "post": "granted"}
    assert set(ConsentState.objects.values_list("customer_id", flat=True)) == {survivor.pk}
    assert list(ConsentEvent.objects.order_by("pk").values()) == before
    assert len(statements_of(survivor)) == 4


def test_of_two_statements_at_one_instant_the_stricter_one_holds(make_customer):
    one, other = make_customer("a@x.example"), make_customer("b@x.example")
    for person, value in ((one, "granted"), (other, "withdrawn")):
        consent_record(
            customer=person,
            channel="email",
            value=value,
            source="account",
            occurred_at=T,
            proof=Proof(evidence="x"),
        )
    customers_merge(survivor=one, loser=other)
    assert ConsentState.objects.get(customer=one).value == "withdrawn"


@pytest.mark.parametrize("chosen", [None, ["name", "email", "phone", "custom.generic_text_1"]])
def test_merge_and_undo_leave_every_row_as_it_was(pair, make_login, ana, chosen):
    survivor, loser = pair
    make_login(survivor)
    make_login(loser)
    before = every_row()
    assert {"customers_customer", "messaging_delivery", "customers_customvalue"} <= set(before)
    merge = customers_merge(survivor=survivor, loser=loser, chosen=chosen, by=ana)
    assert every_row() != before
    merge_undo(merge=merge, by=ana)
    assert_same(before, every_row())
    assert (merge.kept, Merge.objects.get().state) == ([], "undone")
    assert broken() == {}


def test_the_trail_tells_of_both(pair, ana):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser, by=ana)
    merge_undo(merge=merge, by=ana)
    entries = AuditEntry.objects.filter(subject_id=survivor.pk).order_by("id")
    assert [one.action for one in entries] == [
        "customers.customer.merged",
        "customers.customer.unmerged",
    ]
    assert entries[0].data["with"] == str(loser.public_id)
    kinds = Activity.objects.filter(customer=survivor, object_kind="merge").order_by("id")
    assert [one.kind for one in kinds] == ["merged", "unmerged"]


def test_what_changed_since_stays_and_is_told(pair, ana):
    survivor, loser = pair
    Customer.objects.filter(pk=survivor.pk).update(city="")
    Customer.objects.filter(pk=loser.pk).update(city="Curicó")
    merge = customers_merge(survivor=survivor, loser=loser)
    survivor.refresh_from_db()
    assert survivor.city == "Curicó"
    customer_update(customer=survivor, version=survivor.version, profile={"city": "Lota"}, by=ana)
    note = Note.objects.get(customer=survivor, body="Nota de Rayen")
    Note.objects.filter(pk=note.pk).update(body="corregida")
    undone = merge_undo(merge=merge, by=ana)
    survivor.refresh_from_db()
    note.refresh_from_db()
    assert (survivor.city, note.customer_id, note.body) == ("Lota", loser.pk, "corregida")
    assert undone.kept == ["City stays “Lota”: it was changed after the merge."]


def test_an_undo_runs_once(pair):
    merge = customers_merge(survivor=pair[0], loser=pair[1])
    merge_undo(merge=merge)
    with pytest.raises(DomainError) as refusal:
        merge_undo(merge=merge)
    assert refusal.value.message == "This merge was undone already."


def test_all_that_forbids_a_merge_is_said_at_once(pair, make_login):
    survivor, loser = pair
    make_login(survivor)
    user = make_login(loser)
    user.is_staff = True
    user.save()
    customer_trash(customer=loser)
    Delivery.objects.filter(customer=loser, campaign_id=None).update(state="in_flight", lease_id=1)
    survivor.refresh_from_db()
    loser.refresh_from_db()
    before = every_row()
    with pytest.raises(DomainError) as refusal:
        customers_merge(survivor=survivor, loser=loser)
    assert refusal.value.data["blockers"] == [
        "Rayen is in the trash, merged or erased.",
        "Rayen also logs in as staff: that record has to be the one that stays.",
        "A mail to Rayen is being sent this moment. Try again in a minute.",
    ]
    assert_same(before, every_row())


def test_a_record_does_not_go_into_itself(make_customer):
    one = make_customer("a@x.example")
    assert blockers_of(one, one) == ["These are one and the same record."]


def test_of_two_log_ins_the_survivors_stays_and_the_other_address_opens_it(
    pair, make_login, client, settings
):
    survivor, loser = pair
    make_login(survivor)
    user = make_login(loser)
    session = SessionStore(scope="storefront")
    session["_auth_user_id"] = str(user.pk)
    session.save()
    Session.objects.filter(session_key=session.session_key).update(user=user)
    CustomerEmail.objects.filter(address_key=loser.email_key).update(verified_at=T)
    customers_merge(survivor=survivor, loser=loser)
    user.refresh_from_db()
    assert user.is_active is False
    assert Session.objects.filter(user=user).count() == 0
    answer = client.post(
        "/account/login/", {"email": "rayen.b@x.example", "password": "una-clave-larga-9"}
    )
    assert answer.status_code == 302, answer.content
    assert client.session["_auth_user_id"] == str(survivor.user_id)


def test_the_only_log_in_goes_over(pair, make_login):
    survivor, loser = pair
    user = make_login(loser)
    merge = customers_merge(survivor=survivor, loser=loser)
    survivor.refresh_from_db()
    assert survivor.user_id == user.pk
    merge_undo(merge=merge)
    loser.refresh_from_db()
    assert loser.user_id == user.pk


def test_chains_lead_to_the_last_and_come_apart_from_the_end(make_full):
    first, second, third = (make_full(f"P{n}", f"p{n}@x.example", n) for n in (1, 2, 3))
    before = every_row()
    one = customers_merge(survivor=second, loser=first)
    other = customers_merge(survivor=third, loser=second)
    first.refresh_from_db()
    assert first.merged_into_id == third.pk
    with pytest.raises(DomainError) as refusal:
        merge_undo(merge=one)
    assert refusal.value.message == "P2 was merged into P3 since. Undo that merge first."
    merge_undo(merge=other)
    first.refresh_from_db()
    assert first.merged_into_id == second.pk
    merge_undo(merge=one)
    assert_same(before, every_row())


@pytest.mark.parametrize("turned", [False, True])
def test_two_merges_into_one_record_come_apart_in_any_order(make_full, turned):
    first, second, third = (make_full(f"P{n}", f"p{n}@x.example", n) for n in (1, 2, 3))
    Tagging.objects.filter(customer=third, tag__name="VIP").delete()
    before = every_row()
    merges = [
        customers_merge(survivor=third, loser=one, chosen=["name"]) for one in (first, second)
    ]
    for merge in reversed(merges) if turned else merges:
        merge_undo(merge=merge)
        if merge is merges[0] and not turned:
            tags = Tagging.objects.filter(customer=third).values_list("tag__name", flat=True)
            assert "VIP" in tags  # the second record has it too
            third.refresh_from_db()
            assert third.first_name == "P2"
    assert_same(before, every_row())


def test_an_address_that_somebody_else_has_by_now_forbids_the_undo(pair, make_customer, ana):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser)
    alias = CustomerEmail.objects.get(address_key="rayen.b@x.example")
    email_alias_remove(alias=alias, by=ana)
    other = make_customer("rayen.b@x.example", first_name="Iker")
    with pytest.raises(DomainError) as refusal:
        merge_undo(merge=merge)
    assert refusal.value.message == "The address rayen.b@x.example belongs to Iker by now."
    Customer.objects.filter(pk=other.pk).update(email="", email_key="")
    merge_undo(merge=merge)
    assert CustomerEmail.objects.get(address_key="rayen.b@x.example").customer_id == loser.pk


def test_who_unsubscribed_meanwhile_did_it_for_both(pair):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser)
    consent_record(customer=survivor, channel="post", value="withdrawn", source="account")
    merge_undo(merge=merge)
    assert ConsentState.objects.get(customer=loser, channel="post").value == "withdrawn"
    assert ConsentState.objects.get(customer=survivor, channel="post").value == "withdrawn"


def test_what_comes_late_to_a_merged_record_follows(pair):
    survivor, loser = pair
    merge = customers_merge(survivor=survivor, loser=loser)
    Note.objects.create(customer=loser, body="tarde")
    Activity.objects.bulk_create([Activity(customer=loser, kind="login", occurred_at=T)])
    assert merges_follow() == 1
    assert Note.objects.get(body="tarde").customer_id == survivor.pk
    assert merges_follow() == 0
    merge_undo(merge=merge)
    assert Note.objects.get(body="tarde").customer_id == loser.pk
    assert Activity.objects.filter(customer=loser, kind="login").count() == 4


def test_every_table_that_refers_to_a_customer_says_how_it_follows():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name IN ('customer_id', 'customers')"
            "UNION SELECT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = 'customers_customer'::regclass"
        )
        referring = {row[0] for row in cursor.fetchall()} & set(tables())
    for model in apps.get_models():
        if any(
            isinstance(field, ForeignKey) and field.related_model is Customer
            for field in model._meta.get_fields()
        ):
            referring.add(model._meta.db_table)
    assert len(referring) > 15
    assert referring == {one.table for one in merge_tables()}


def test_a_phone_of_both_is_there_once(pair):
    survivor, loser = pair
    Customer.objects.filter(pk=loser.pk).update(phone=survivor.phone)
    customers_merge(survivor=survivor, loser=loser)
    assert CustomerPhone.objects.filter(customer=survivor, number=survivor.phone).count() == 0
