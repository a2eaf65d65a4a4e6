import django.db.models.deletion
from django.db import migrations, models

# A statement trigger: in the writer's own transaction, set-based, whoever writes to the log.
FORWARD = """
DROP TABLE targets_announced;
DROP INDEX targets_change_as_written;
ALTER TABLE targets_membershipchange DROP COLUMN written_in;
CREATE FUNCTION targets_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM targets_targetlistener) THEN
        RETURN NULL;
    END IF;
    INSERT INTO kit_outboxevent (name, key, payload, recorded_at, attempts)
    SELECT CASE WHEN added.is_entry THEN 'targets.customer_entered_target'
                ELSE 'targets.customer_left_target' END,
        'customer:' || added.customer_id,
        jsonb_build_object('customer_id', added.customer_id, 'target_id', added.target_id,
            'change_id', added.id, 'cause', added.cause,
            'occurred_at', to_char(added.occurred_at AT TIME ZONE 'UTC',
                'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')),
        clock_timestamp(), 0
    FROM added
    WHERE added.target_id IN (SELECT target_id FROM targets_targetlistener)
    ORDER BY added.id;
    RETURN NULL;
END $$;
CREATE TRIGGER targets_announces AFTER INSERT ON targets_membershipchange
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION targets_announce();
"""
BACKWARD = """
DROP TRIGGER targets_announces ON targets_membershipchange;
DROP FUNCTION targets_announce();
ALTER TABLE targets_membershipchange ADD COLUMN written_in bigint NOT NULL
    DEFAULT pg_current_xact_id()::text::bigint;
CREATE INDEX targets_change_as_written ON targets_membershipchange
    USING brin (written_in) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE targets_announced (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    written_in bigint NOT NULL,
    change_id bigint NOT NULL
);
INSERT INTO targets_announced (written_in, change_id) VALUES (pg_current_xact_id()::text::bigint, 0);
"""


class Migration(migrations.Migration):
    dependencies = [("targets", "0003_upkeep"), ("kit", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="TargetListener",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listener", models.CharField(max_length=60)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listeners",
                        to="targets.target",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "listener"),
                        name="targets_listener_hears_a_target_once",
                    )
                ]
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
