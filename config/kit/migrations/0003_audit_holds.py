"""The trail refuses every change, the owner of the tables included, but the one erasure.

A session setting opens the other ledgers for upkeep; here only the call stack counts: a row of
values may go while ``kit_auditvalues_erase`` runs, and nothing else may ever.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION kit_auditvalues_erase(kind text, id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM kit_auditvalues AS held USING kit_auditentry AS entry
    WHERE entry.id = held.entry_id
        AND entry.subject_kind = kind AND entry.subject_id = kit_auditvalues_erase.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

CREATE FUNCTION kit_audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stack text;
BEGIN
    IF TG_TABLE_NAME = 'kit_auditvalues' AND TG_OP = 'DELETE' THEN
        GET DIAGNOSTICS stack = PG_CONTEXT;
        IF stack LIKE '%PL/pgSQL function kit_auditvalues_erase(text,bigint)%' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER kit_auditentry_is_append_only ON kit_auditentry;
DROP TRIGGER kit_auditseal_is_append_only ON kit_auditseal;
CREATE TRIGGER kit_auditentry_is_append_only BEFORE UPDATE OR DELETE ON kit_auditentry
    FOR EACH ROW EXECUTE FUNCTION kit_audit_refuse_change();
CREATE TRIGGER kit_auditseal_is_append_only BEFORE UPDATE OR DELETE ON kit_auditseal
    FOR EACH ROW EXECUTE FUNCTION kit_audit_refuse_change();
CREATE TRIGGER kit_auditvalues_is_append_only BEFORE UPDATE OR DELETE ON kit_auditvalues
    FOR EACH ROW EXECUTE FUNCTION kit_audit_refuse_change();
CREATE TRIGGER kit_auditentry_is_never_emptied BEFORE TRUNCATE ON kit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION kit_audit_refuse_change();
CREATE TRIGGER kit_auditseal_is_never_emptied BEFORE TRUNCATE ON kit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION kit_audit_refuse_change();
CREATE TRIGGER kit_auditvalues_is_never_emptied BEFORE TRUNCATE ON kit_auditvalues
    FOR EACH STATEMENT EXECUTE FUNCTION kit_audit_refuse_change();
"""
BACKWARD = """
DROP TRIGGER kit_auditvalues_is_never_emptied ON kit_auditvalues;
DROP TRIGGER kit_auditseal_is_never_emptied ON kit_auditseal;
DROP TRIGGER kit_auditentry_is_never_emptied ON kit_auditentry;
DROP TRIGGER kit_auditvalues_is_append_only ON kit_auditvalues;
DROP TRIGGER kit_auditseal_is_append_only ON kit_auditseal;
DROP TRIGGER kit_auditentry_is_append_only ON kit_auditentry;
CREATE TRIGGER kit_auditentry_is_append_only BEFORE UPDATE OR DELETE ON kit_auditentry
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER kit_auditseal_is_append_only BEFORE UPDATE OR DELETE ON kit_auditseal
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
DROP FUNCTION kit_audit_refuse_change();
DROP FUNCTION kit_auditvalues_erase(text, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_append_only")]
    operations = [
        migrations.AddIndex(
            "auditentry", models.Index(fields=["action", "-at", "-id"], name="kit_audit_by_action")
        ),
        migrations.AddIndex(
            "auditentry", models.Index(fields=["origin", "-at", "-id"], name="kit_audit_by_origin")
        ),
        migrations.AddIndex(
            "auditentry", models.Index(fields=["ip", "-at", "-id"], name="kit_audit_by_address")
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
