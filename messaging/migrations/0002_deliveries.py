from django.db import migrations

FORWARD = """
CREATE SEQUENCE messaging_delivery_id_seq CACHE 1;
CREATE TABLE messaging_delivery (
    id bigint NOT NULL DEFAULT nextval('messaging_delivery_id_seq'),
    created_at timestamptz NOT NULL,
    campaign_id bigint,
    customer_id bigint,
    kind varchar(14) NOT NULL,
    channel varchar(10) NOT NULL DEFAULT 'email',
    state varchar(10) NOT NULL,
    reason varchar(20) NOT NULL DEFAULT '',
    address varchar(254) NOT NULL DEFAULT '',
    language varchar(5) NOT NULL DEFAULT '',
    attempts smallint NOT NULL DEFAULT 0,
    not_before timestamptz,
    lease_id bigint,
    sent_at timestamptz,
    delivered_at timestamptz,
    reply varchar(300) NOT NULL DEFAULT '',
    opened_at timestamptz,
    machine_opened_at timestamptz,
    clicked_at timestamptz,
    bounced_at timestamptz,
    complained_at timestamptz,
    unsubscribed_at timestamptz,
    PRIMARY KEY (id, created_at),
    CONSTRAINT messaging_delivery_state_is_known CHECK (state IN
        ('pending', 'in_flight', 'accepted', 'rejected', 'bounced', 'unknown', 'skipped', 'cancelled')),
    CONSTRAINT messaging_delivery_skipped_has_a_reason CHECK (state <> 'skipped' OR reason <> ''),
    CONSTRAINT messaging_delivery_in_flight_has_a_lease CHECK (state <> 'in_flight' OR lease_id IS NOT NULL)
) PARTITION BY RANGE (created_at);
ALTER SEQUENCE messaging_delivery_id_seq OWNED BY messaging_delivery.id;
CREATE TABLE messaging_delivery_default PARTITION OF messaging_delivery DEFAULT;
CREATE UNIQUE INDEX messaging_delivery_is_one_per_person
    ON messaging_delivery (customer_id, campaign_id, created_at);
CREATE INDEX messaging_delivery_of_campaign ON messaging_delivery (campaign_id, state, id);
"""
BACKWARD = "DROP TABLE messaging_delivery;"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("kit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
