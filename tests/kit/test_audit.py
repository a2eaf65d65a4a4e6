"""The audit trail is append-only, chained, and its personal values can be erased."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from config.kit import audit, invariants
from config.kit.models import AuditEntry, AuditSeal, AuditValues
from customers.models import Customer, User

TABLES = ("kit_auditentry", "kit_auditseal", "kit_auditvalues")
UPDATED = "customers.customer.updated"
STEPS = ("customers.customer.created", UPDATED, "customers.customer.trashed")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def past_the_guards(*statements: str) -> None:
    """As a superuser would who switches the triggers off."""
    run("SET LOCAL session_replication_role = 'replica'", *statements)
    run("SET LOCAL session_replication_role = 'origin'")


@pytest.fixture
def three(ana: User) -> list[AuditEntry]:
    entries = [
        audit.record(action, actor=ana, subject=ana, after={"n": number})
        for number, action in enumerate(STEPS)
    ]
    assert audit.seal() == 3
    return entries


def test_records_who_did_what_with_values_apart(ana: User):
    entry = audit.record(
        UPDATED,
        actor=ana,
        subject=ana,
        before={"city": "Providencia"},
        after={"city": "Ñuñoa"},
    )
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert (stored.actor_id, stored.actor_label, stored.subject_id) == (ana.pk, str(ana), ana.pk)
    assert "Ñuñoa" not in str(stored.digests)
    values = AuditValues.objects.get(pk=entry.pk)
    assert (values.before, values.after) == ({"city": "Providencia"}, {"city": "Ñuñoa"})
    assert stored.digests["city"] == [
        audit.digest(values.salt, "Providencia"),
        audit.digest(values.salt, "Ñuñoa"),
    ]


def test_an_action_without_words_is_refused(ana: User):
    with pytest.raises(LookupError, match="no words"):
        audit.record("customers.customer.praised", actor=ana)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "SET LOCAL clientela.ledger_maintenance = 'on'; DELETE FROM {table}",
        "SET LOCAL clientela.ledger_maintenance = 'on'; UPDATE {table} SET {column} = {column}",
    ],
)
def test_the_database_refuses_every_change_to_the_owner_of_the_tables(
    three: list[AuditEntry], table: str, statement: str
):
    column = {"kit_auditentry": "action", "kit_auditseal": "digest"}.get(table, "salt")
    with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
        run(statement.format(table=table, column=column))
    assert AuditEntry.objects.count() == AuditSeal.objects.count() == 3
    assert AuditValues.objects.count() == 3
    assert audit.broken_seals() == 0


@pytest.mark.parametrize(
    ("what", "statement", "broken"),
    [
        ("an entry was changed", "UPDATE kit_auditentry SET actor_label = 'x' WHERE id = {1}", 1),
        ("data was changed", "UPDATE kit_auditentry SET digests = '{{}}' WHERE id = {2}", 1),
        ("an entry is gone", "DELETE FROM kit_auditentry WHERE id = {1}", 1),
        ("a seal was changed", "UPDATE kit_auditseal SET digest = 'x' WHERE entry_id = {1}", 2),
        ("a seal is gone", "DELETE FROM kit_auditseal WHERE entry_id = {1}", 1),
        ("the first seal is gone", "DELETE FROM kit_auditseal WHERE entry_id = {0}", 1),
    ],
)
def test_the_chain_shows_what_went_past_the_guards(
    three: list[AuditEntry], what: str, statement: str, broken: int
):
    assert audit.broken_seals() == 0
    past_the_guards(statement.format(*(one.pk for one in three)))
    assert audit.broken_seals() == broken, what
    assert invariants.violations()["audit_chain_broken"] == broken


def test_a_seal_taken_from_the_end_leaves_an_entry_that_waits_too_long(three: list[AuditEntry]):
    assert audit.forgotten_entries() == 0
    last = three[-1].pk
    past_the_guards(
        f"DELETE FROM kit_auditseal WHERE entry_id = {last}",
        f"UPDATE kit_auditentry SET at = at - interval '3 hours' WHERE id = {last}",
    )
    assert audit.forgotten_entries() == 1
    assert invariants.violations()["audit_entries_without_seal"] == 1


def test_an_erasure_takes_the_values_of_one_subject_and_the_chain_still_verifies(
    ana: User, make_customer: Callable[..., Customer]
):
    erased, kept = make_customer("a@correo.example"), make_customer("b@correo.example")
    for one in (erased, erased, kept):
        audit.record(UPDATED, actor=ana, subject=one, after={"email": one.email})
    audit.record("customers.staff.logged_in", actor=ana, subject=ana, after={"x": 1})
    assert audit.seal() == 4
    assert audit.values_erase(subject=erased) == 2
    assert audit.values_erase(subject=erased) == 0
    assert [one.after for one in AuditValues.objects.order_by("entry_id")] == [
        {"email": "b@correo.example"},
        {"x": 1},
    ]
    assert AuditEntry.objects.count() == 4
    assert audit.broken_seals() == 0


def test_the_sealer_goes_on_where_it_stopped(three: list[AuditEntry], ana: User):
    assert audit.seal() == 0
    for _number in range(3):
        audit.record(UPDATED, actor=ana)
    assert audit.seal(limit=2) == 2
    assert audit.seal(limit=2) == 1
    assert list(AuditSeal.objects.order_by("id").values_list("id", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert audit.broken_seals() == 0


@pytest.fixture
def other_connection() -> Iterator[Callable[[str], None]]:
    """Statements of a second connection, in one transaction that the test ends."""
    other = connection.copy()
    other.set_autocommit(False)

    def execute(statement: str) -> None:
        with other.cursor() as cursor:
            cursor.execute(statement)

    yield execute
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_lower_number_that_commits_late_is_sealed_after_the_higher_one(
    other_connection: Callable[[str], None],
):
    other_connection(
        "INSERT INTO kit_auditentry (at, action, actor_label, subject_kind, origin, digests, data)"
        f" VALUES (now(), '{UPDATED}', 'late', '', 'backoffice', '{{}}', '{{}}')"
    )
    early = audit.record(UPDATED)
    assert audit.seal() == 1
    other_connection("COMMIT")
    late = AuditEntry.objects.get(actor_label="late")
    assert late.pk < early.pk
    assert audit.seal() == 1
    assert list(AuditSeal.objects.order_by("id").values_list("entry_id", flat=True)) == [
        early.pk,
        late.pk,
    ]
    assert audit.broken_seals() == 0


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_the_sealer_and_two_sealers_do_not_meet(
    other_connection: Callable[[str], None],
):
    audit.record(UPDATED)
    other_connection("SELECT pg_advisory_xact_lock(7301002)")
    run("SET lock_timeout = '1s'")
    written = audit.record(UPDATED)
    assert audit.seal() == 0
    other_connection("ROLLBACK")
    run("SET lock_timeout = DEFAULT")
    sealed: list[int] = []

    def work() -> None:
        sealed.append(audit.seal())
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(sealed) == 2
    assert set(AuditSeal.objects.values_list("entry_id", flat=True)) >= {written.pk}
    assert audit.broken_seals() == 0


def test_the_values_may_only_go_through_the_one_function(three: list[AuditEntry]):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditValues.objects.filter(pk=three[0].pk).delete()
