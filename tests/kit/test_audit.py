"""The audit trail is append-only, chained, and its personal values can be erased."""

import pytest
from django.db import IntegrityError, connection, transaction

from config.kit import audit
from config.kit.models import AuditEntry, AuditSeal, AuditValues


def test_records_who_did_what_with_values_apart(ana):
    entry = audit.record(
        "customers.customer.updated",
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


@pytest.mark.parametrize("change", ["update", "delete"])
def test_nobody_changes_an_entry(ana, change: str):
    audit.record("staff.login", actor=ana)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        if change == "update":
            AuditEntry.objects.update(action="nothing")
        else:
            AuditEntry.objects.all().delete()
    assert AuditEntry.objects.get().action == "staff.login"


def test_the_chain_shows_a_change_that_went_past_the_trigger(ana):
    for number in range(3):
        audit.record(f"step.{number}", actor=ana, data={"n": number})
    assert audit.seal() == 3
    assert audit.seal() == 0
    assert audit.broken_seals() == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL clientela.ledger_maintenance = 'on'")
        cursor.execute("UPDATE kit_auditentry SET action = 'other' WHERE action = 'step.1'")
        cursor.execute("SET LOCAL clientela.ledger_maintenance = 'off'")
    assert audit.broken_seals() == 1


def test_the_chain_survives_the_erasure_of_personal_values(ana):
    entry = audit.record("customers.customer.updated", actor=ana, after={"email": "x@ejemplo.cl"})
    audit.seal()
    AuditValues.objects.filter(pk=entry.pk).delete()
    assert audit.broken_seals() == 0
    assert AuditSeal.objects.count() == 1
