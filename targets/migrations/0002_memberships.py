from django.db import migrations

FORWARD = """
CREATE TABLE targets_membership (
    target_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (target_id, customer_id)
);
CREATE INDEX targets_membership_of_customer ON targets_membership (customer_id, target_id);

CREATE SEQUENCE targets_membershipchange_id_seq;
CREATE TABLE targets_membershipchange (
    id bigint NOT NULL DEFAULT nextval('targets_membershipchange_id_seq'),
    target_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    is_entry boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    cause varchar(10) NOT NULL
) PARTITION BY RANGE (occurred_at);
ALTER SEQUENCE targets_membershipchange_id_seq OWNED BY targets_membershipchange.id;
CREATE TABLE targets_membershipchange_default PARTITION OF targets_membershipchange DEFAULT;
CREATE INDEX targets_change_of_target ON targets_membershipchange (target_id, occurred_at, id);
CREATE INDEX targets_change_of_customer ON targets_membershipchange (customer_id, target_id, occurred_at);
CREATE TRIGGER targets_membershipchange_is_append_only BEFORE UPDATE OR DELETE ON targets_membershipchange
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
BACKWARD = "DROP TABLE targets_membershipchange; DROP TABLE targets_membership;"


class Migration(migrations.Migration):
    dependencies = [("targets", "0001_initial"), ("kit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
