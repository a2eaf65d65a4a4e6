"""``check_invariants`` finds nothing in a sound installation, and each kind of damage."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from config.kit import audit, clock
from config.kit.backoffice.checks import KIND, check_start, last_check
from config.kit.invariants import invariants, violations, words
from config.kit.jobs.services import jobs_run_due
from config.kit.models import Job
from customers.models import Customer, User
from customers.services.consent import consent_record
from customers.services.consent_seals import consent_seal
from messaging.models import Campaign, Delivery
from messaging.services.counts import counts_renew
from targets.models import Target
from targets.services.refresh import target_refresh
from tests.conftest import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.feature("BX14")]

# What breaks each of them. The triggers that keep these in step are off meanwhile.
# A record that leads to the one that is there.
ANOTHER = """
    INSERT INTO customers_customer (public_id, lifecycle, lifecycle_reason, lifecycle_at,
        status, first_name, last_name, second_last_name, email, email_key, phone, id_type,
        id_number, gender, city, country, language, time_zone, custom, registered_at,
        login_count, source, created_at, updated_at, version, merged_into_id)
    SELECT gen_random_uuid(), 'lead', '', now(), 'active', 'Eva', '', '', '', '', '', '', '',
        '', '', '', 'es', '', '{}', now(), 0, 'staff', now(), now(), 1, id
    FROM customers_customer
"""
DAMAGE = {
    "audit_chain_broken": "UPDATE kit_auditentry SET action = 'nothing.happened'",
    "audit_entries_without_seal": """UPDATE kit_auditentry SET at = now() - interval '1 day';
        DELETE FROM kit_auditseal""",
    "customers_activity_of_nobody": """INSERT INTO customers_activity
        (customer_id, kind, occurred_at) VALUES (-1, 'login', now())""",
    "customers_activity_without_a_month": """INSERT INTO customers_activity
        (customer_id, kind, occurred_at)
        SELECT id, 'login', '1999-05-05' FROM customers_customer""",
    "customers_brought_in_a_circle": """
        INSERT INTO customers_registrationcode (code, origin, name, customer_id, is_current,
            created_at)
        SELECT '23456789', 'customer', '', id, true, now() FROM customers_customer;
        INSERT INTO customers_codeuse (customer_id, code_id, source, used_at)
        SELECT customer_id, id, 'staff', now() FROM customers_registrationcode""",
    "customers_consent_chain_broken": """UPDATE customers_consentevent
        SET wording = 'They said something else'""",
    "customers_consent_not_the_newest_statement": """UPDATE customers_consentstate
        SET value = 'withdrawn'""",
    "customers_custom_values_out_of_step": """INSERT INTO customers_customvalue
        (field_id, customer_id, text) SELECT field.id, person.id, 'x'
        FROM customers_customfield AS field, customers_customer AS person LIMIT 1""",
    "customers_erased_with_personal_values": "UPDATE customers_customer SET erased_at = now()",
    "customers_granted_by_staff_without_evidence": """
        ALTER TABLE customers_consentevent
            DROP CONSTRAINT customers_consentevent_staff_grant_has_evidence;
        UPDATE customers_consentevent SET source = 'staff', evidence = ''""",
    "customers_import_change_of_nobody": """
        INSERT INTO customers_importbatch (public_id, file_name, path, size, state, format,
            columns, options, counts, created_at, version)
        VALUES (gen_random_uuid(), 'x.csv', '', 0, 'applied', '{}', '[]', '{}', '{}', now(), 1);
        INSERT INTO customers_importchange
            (batch_id, customer_id, line, is_creation, before, after, version_after)
        SELECT id, -1, 1, true, '{}', '{}', 1 FROM customers_importbatch""",
    "customers_merged_in_a_circle": f"""{ANOTHER};
        UPDATE customers_customer SET merged_into_id = (SELECT max(id) FROM customers_customer)
        WHERE merged_into_id IS NULL""",
    "customers_merged_into_a_merged_record": f"""{ANOTHER};
        UPDATE customers_customer SET merged_into_id = (SELECT max(id) FROM customers_customer)
        WHERE merged_into_id IS NULL""",
    "customers_merged_without_a_merge": ANOTHER,
    "customers_open_session_of_a_closed_account": """
        UPDATE customers_customer SET status = 'disabled',
            user_id = (SELECT min(id) FROM customers_user);
        INSERT INTO customers_session (session_key, session_data, expire_date, scope, user_id,
            user_agent, device, created_at, seen_at)
        SELECT 'k', '', now() + interval '1 day', 'storefront', min(id), '', '', now(), now()
        FROM customers_user""",
    "customers_primary_email_out_of_step": "DELETE FROM customers_customeremail",
    "customers_statement_of_nobody": "UPDATE customers_consentevent SET customer_id = -1",
    "event_undelivered_for_an_hour": """INSERT INTO kit_outboxevent
        (name, key, payload, recorded_at, attempts)
        VALUES ('x', '1', '{}', now() - interval '2 hours', 0)""",
    "job_file_missing": """
        INSERT INTO kit_job (public_id, kind, title, queue, state, params, checkpoint, result, done,
            stage, error_count, failure, is_cancel_requested, attempts, epoch, created_at)
        VALUES (gen_random_uuid(), 'x', 'X', 'jobs', 'succeeded', '{}', '{}', '{}', 0, '', 0, '',
            false, 1, 1, now());
        INSERT INTO kit_jobfile (public_id, job_id, name, path, content_type, size, created_at,
            expires_at)
        SELECT gen_random_uuid(), id, 'x.csv', 'jobs/x.csv', 'text/csv', 1, now(),
            now() + interval '1 day' FROM kit_job""",
    "job_running_without_a_worker": """
        INSERT INTO kit_job (public_id, kind, title, queue, state, params, checkpoint, result, done,
            stage, error_count, failure, is_cancel_requested, attempts, epoch, created_at)
        VALUES (gen_random_uuid(), 'x', 'X', 'jobs', 'running', '{}', '{}', '{}', 0, '', 0, '',
            false, 1, 1, now())""",
    "messaging_audience_does_not_add_up": """UPDATE messaging_campaign
        SET audience_count = audience_count + 1""",
    "messaging_counts_differ_from_the_ledger": """UPDATE messaging_campaign
        SET opened_count = opened_count + 1""",
    "messaging_delivery_of_nobody": "UPDATE messaging_delivery SET customer_id = -1",
    "messaging_delivery_without_a_month": """INSERT INTO messaging_delivery
        (created_at, kind, state) VALUES ('1999-05-05', 'test', 'accepted')""",
    "messaging_finished_with_mails_waiting": "UPDATE messaging_delivery SET state = 'pending'",
    "messaging_in_flight_without_an_open_lease": """UPDATE messaging_delivery
        SET state = 'in_flight', lease_id = 77""",
    "messaging_lease_open_for_an_hour": """INSERT INTO messaging_senderlease
        (host, process, journal, state, size, leased_at, lease_until)
        VALUES ('h', 'p', 'j', 'open', 1, now(), now() - interval '2 hours')""",
    "messaging_person_twice_in_a_campaign": """INSERT INTO messaging_delivery
        (created_at, campaign_id, customer_id, kind, state)
        SELECT created_at + interval '1 second', campaign_id, customer_id, kind, state
        FROM messaging_delivery""",
    "messaging_sent_to_a_blocked_address": """INSERT INTO customers_suppression
        (channel, address_key, reason, detail, created_at)
        VALUES ('email', 'ana@correo.example', 'manual', '', now() - interval '1 day')""",
    "messaging_sent_without_consent": """
        UPDATE customers_consentevent SET occurred_at = now() - interval '1 day';
        INSERT INTO customers_consentevent
        (customer_id, channel, purpose, value, opt_in_level, source, wording, policy_version,
            evidence, user_agent, occurred_at, recorded_at)
        SELECT id, 'email', 'marketing', 'withdrawn', '', 'unsubscribe', '', '', '', '',
            now() - interval '11 minutes', now() FROM customers_customer""",
    "targets_change_without_a_month": """INSERT INTO targets_membershipchange
        (target_id, customer_id, is_entry, occurred_at, cause)
        VALUES (-1, -1, true, '1999-05-05', 'refresh')""",
    "targets_log_does_not_replay": "DELETE FROM targets_membershipchange",
    "targets_members_not_as_counted": "UPDATE targets_tally SET members = members + 7",
    "targets_membership_of_nobody": "UPDATE targets_membership SET customer_id = -1",
}


@pytest.fixture
def sound(make_customer: Callable[..., Customer], ana: User) -> None:
    """Ana got a mail that she had agreed to; she is the member of a target."""
    customer = make_customer("ana@correo.example", first_name="Ana")
    consent_record(customer=customer, channel="email", value="granted", source="account")
    now = clock.now()
    campaign = Campaign.objects.create(
        slug="otono", name="Otoño", state="finished", frozen_at=now, audience_count=1
    )
    Delivery.objects.create(
        created_at=now,
        campaign_id=campaign.pk,
        customer=customer,
        kind="campaign",
        state="accepted",
        address="ana@correo.example",
        sent_at=now,
        delivered_at=now,
    )
    counts_renew(campaign=campaign)
    rule = {"version": 1, "rule": {"all": []}}
    target_refresh(target=Target.objects.create(slug="todos", name="Todos", rule=rule))
    audit.record("messaging.campaign.created", actor=ana, subject=campaign)
    audit.seal()
    consent_seal()


def damage(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def report() -> tuple[int, dict[str, int]]:
    """The command's exit status and what it found."""
    out, status = StringIO(), 0
    try:
        call_command("check_invariants", json=True, stdout=out)
    except SystemExit as end:
        status = int(end.code or 0)
    found: dict[str, Any] = json.loads(out.getvalue())
    return status, found["violations"]


def test_a_sound_installation_breaks_none(sound: None) -> None:
    assert report() == (0, dict.fromkeys(invariants, 0))


def test_every_invariant_has_its_damage() -> None:
    assert set(DAMAGE) == set(invariants)


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_damage_is_reported(sound: None, name: str) -> None:
    damage(DAMAGE[name])

    status, found = report()

    assert status == 1
    assert found[name] >= 1
    assert found == violations()


def test_every_rule_is_said_in_a_sentence():
    assert set(words) == set(invariants)
    for kept in words.values():
        assert str(kept.text).endswith(".")
        assert kept.url_name == "" or reverse(kept.url_name)


def test_the_page_checks_as_a_job_and_keeps_the_answer(ana_client, carla):
    page = reverse("kit:invariants")
    assert "Nothing was checked yet" in ana_client.get(page).content.decode()
    for _click in range(2):
        ana_client.post(reverse("kit:invariants_check"))
    job = Job.objects.get(kind=KIND)
    assert "A check is under way" in ana_client.get(page).content.decode()
    jobs_run_due(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("succeeded", len(invariants), len(invariants))
    assert job.result == {"violations": violations()}
    assert "Every rule holds" in ana_client.get(page).content.decode()


def test_what_is_broken_stands_first_and_on_the_home_page(ana_client, carla):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_activity (customer_id, kind, occurred_at) "
            "VALUES (-1, 'login', now())"
        )
    check_start()
    jobs_run_due(queue="jobs")
    last = last_check()
    assert last is not None
    assert (last.broken, last.checks[0].name, last.checks[0].count) == (
        1,
        "customers_activity_of_nobody",
        1,
    )
    assert "1 rule is broken" in ana_client.get(reverse("kit:invariants")).content.decode()
    assert (
        "1 rule that must always hold is broken" in ana_client.get("/backoffice/").content.decode()
    )


def test_an_auditor_checks_and_an_analyst_does_not(staff_client, beto_client):
    auditor = staff_client(make_staff("audita@casaquillay.example", "Aída", "auditor"))
    assert auditor.get(reverse("kit:invariants")).status_code == 200
    assert auditor.post(reverse("kit:invariants_check")).status_code == 302
    assert beto_client.get(reverse("kit:invariants")).status_code == 403
    assert beto_client.post(reverse("kit:invariants_check")).status_code == 403
    assert Job.objects.filter(kind=KIND).count() == 1
