import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from targets.capture import SHARDS, Capture, catalog_backward, catalog_forward

QUEUE = (
    "WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, "
    "autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000000)"
)
TABLES = f"""
CREATE TABLE targets_change (
    customer_id bigint NOT NULL,
    source varchar(60) NOT NULL,
    key varchar(40) NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
) {QUEUE};
COMMENT ON TABLE targets_change IS 'Whose facts changed, until the upkeep of targets took it.';
CREATE TABLE targets_bulkchange (
    shard smallint NOT NULL,
    customers bigint[] NOT NULL,
    source varchar(60) NOT NULL,
    key varchar(40) NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
) {QUEUE};
COMMENT ON TABLE targets_bulkchange IS 'The same for large statements, some hundred people a row.';
CREATE TABLE targets_due (
    due_at timestamptz NOT NULL,
    customer_id bigint NOT NULL,
    source varchar(60) NOT NULL,
    key varchar(40) NOT NULL DEFAULT ''
) {QUEUE};
CREATE INDEX targets_due_by_time ON targets_due (due_at);
COMMENT ON TABLE targets_due IS 'Events dated in the future: their people change when they come.';
CREATE TABLE targets_shard (
    shard smallint PRIMARY KEY,
    stands_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE targets_shard IS 'The instant up to which time itself has been followed.';
INSERT INTO targets_shard SELECT shard, now() FROM generate_series(0, {SHARDS - 1}) AS shard;
CREATE TABLE targets_tally (
    target_id bigint NOT NULL,
    slot smallint NOT NULL,
    members bigint NOT NULL,
    PRIMARY KEY (target_id, slot)
) WITH (fillfactor = 50);
COMMENT ON TABLE targets_tally IS 'Members of a target: the sum over the slots, a slot a writer.';
INSERT INTO targets_tally SELECT target_id, -1, count(*) FROM targets_membership GROUP BY 1;
CREATE TABLE targets_build (
    target_id bigint PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE targets_build IS 'Targets whose new version is being built: upkeep leaves them.';
CREATE TABLE targets_buildpending (
    target_id bigint NOT NULL,
    customer_id bigint NOT NULL
);
CREATE TABLE targets_catalogchange (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE targets_catalogchange IS 'Rules, or what they name, changed: compile anew.';

ALTER TABLE targets_membershipchange ADD COLUMN source varchar(120) NOT NULL DEFAULT '';
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
TABLES_BACK = """
DROP TABLE targets_announced;
DROP INDEX targets_change_as_written;
ALTER TABLE targets_membershipchange DROP COLUMN written_in;
ALTER TABLE targets_membershipchange DROP COLUMN source;
DROP TABLE targets_catalogchange;
DROP TABLE targets_buildpending;
DROP TABLE targets_build;
DROP TABLE targets_tally;
DROP TABLE targets_shard;
DROP TABLE targets_due;
DROP TABLE targets_bulkchange;
DROP TABLE targets_change;
"""

NAMES = f"""
CREATE FUNCTION targets_names_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO targets_catalogchange DEFAULT VALUES;
    RETURN NULL;
END $$;
{catalog_forward("targets_target", "slug", "rule", "version", "evaluated_version")}
{catalog_forward("customers_tag", "name")}
{catalog_forward("customers_category", "code")}
{catalog_forward("customers_customfield", "key", "kind", "options")}

-- Who has a tag that gets another name, or is in a category that gets another code.
CREATE FUNCTION targets_see_tag_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO targets_bulkchange (shard, customers, source)
    SELECT customer_id % {SHARDS}, array_agg(customer_id), 'customers_tagging'
    FROM customers_tagging WHERE tag_id = NEW.id GROUP BY 1, customer_id / 1000;
    RETURN NULL;
END $$;
CREATE TRIGGER targets_sees_name AFTER UPDATE OF name ON customers_tag
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION targets_see_tag_name();
CREATE FUNCTION targets_see_category_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO targets_bulkchange (shard, customers, source)
    SELECT customer_id % {SHARDS}, array_agg(customer_id), 'customers_categoryassignment'
    FROM customers_categoryassignment WHERE category_id = NEW.id GROUP BY 1, customer_id / 1000;
    RETURN NULL;
END $$;
CREATE TRIGGER targets_sees_code AFTER UPDATE OF code ON customers_category
    FOR EACH ROW WHEN (OLD.code IS DISTINCT FROM NEW.code)
    EXECUTE FUNCTION targets_see_category_code();
"""
NAMES_BACK = f"""
DROP TRIGGER targets_sees_code ON customers_category;
DROP FUNCTION targets_see_category_code();
DROP TRIGGER targets_sees_name ON customers_tag;
DROP FUNCTION targets_see_tag_name();
{catalog_backward("customers_customfield")}
{catalog_backward("customers_category")}
{catalog_backward("customers_tag")}
{catalog_backward("targets_target")}
DROP FUNCTION targets_names_changed();
"""

CAPTURES = (
    Capture(
        table="customers_customer",
        person="id",
        compared=(
            *("user_id", "lifecycle", "status", "first_name", "last_name", "second_last_name"),
            *("email", "phone", "id_type", "id_number", "gender", "city", "country"),
            *("birth_date", "birth_month", "birth_day", "language", "time_zone", "custom"),
            *("registered_at", "verified_at", "last_login_at", "login_count", "source"),
            *("created_at", "public_id", "trashed_at", "erased_at", "merged_into_id"),
        ),
    ),
    Capture(table="customers_tagging"),
    Capture(table="customers_categoryassignment"),
    Capture(
        table="customers_consentstate", compared=("customer_id", "channel", "purpose", "value")
    ),
    Capture(table="customers_activity", key="kind", moments=("occurred_at",)),
)

# What a sweep of time scans: the events that a window leaves behind.
TIMES = """
CREATE INDEX targets_activity_by_time ON customers_activity (occurred_at);
CREATE INDEX targets_customer_by_creation ON customers_customer (created_at);
CREATE INDEX targets_customer_by_birthday ON customers_customer ((birth_month * 100 + birth_day))
    WHERE birth_month IS NOT NULL;
"""
TIMES_BACK = """
DROP INDEX targets_customer_by_birthday;
DROP INDEX targets_customer_by_creation;
DROP INDEX targets_activity_by_time;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0002_memberships"),
        ("customers", "0009_order_by_last_login_both_ways"),
    ]
    operations = [
        migrations.RunSQL(TABLES, TABLES_BACK),
        migrations.RunSQL(NAMES, NAMES_BACK),
        *[migrations.RunSQL(one.forward, one.backward) for one in CAPTURES],
        migrations.RunSQL(TIMES, TIMES_BACK),
        migrations.CreateModel(
            name="Drift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.PositiveIntegerField()),
                ("missing", models.JSONField(default=list)),
                ("surplus", models.JSONField(default=list)),
                ("number", models.PositiveIntegerField()),
                ("repaired_at", models.DateTimeField(null=True)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drifts",
                        to="targets.target",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-found_at", "-id"], name="targets_drift_newest")]
            },
        ),
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("checked", models.PositiveIntegerField()),
                ("pairs", models.BigIntegerField()),
                ("pending", models.BigIntegerField()),
                ("drift", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["-at"], name="targets_audit_newest")]},
        ),
    ]
