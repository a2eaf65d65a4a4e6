from django.db import migrations

FORWARD = """
CREATE FUNCTION kit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('clientela.ledger_maintenance', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kit_auditentry_is_append_only BEFORE UPDATE OR DELETE ON kit_auditentry
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER kit_auditseal_is_append_only BEFORE UPDATE OR DELETE ON kit_auditseal
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
BACKWARD = """
DROP TRIGGER kit_auditseal_is_append_only ON kit_auditseal;
DROP TRIGGER kit_auditentry_is_append_only ON kit_auditentry;
DROP FUNCTION kit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
