from django.db import migrations, models

COUNTS = """
CREATE TABLE messaging_countchange (
    campaign_id bigint NOT NULL,
    sent bigint NOT NULL,
    accepted bigint NOT NULL,
    opened bigint NOT NULL,
    clicked bigint NOT NULL
);
-- New rows wait or were left out: they count nothing yet, so only updates are looked at.
CREATE FUNCTION messaging_delivery_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO messaging_countchange (campaign_id, sent, accepted, opened, clicked)
    SELECT campaign_id, sum(sign * (sent_at IS NOT NULL)::int),
        sum(sign * (state IN ('accepted', 'bounced'))::int),
        sum(sign * (opened_at IS NOT NULL)::int), sum(sign * (clicked_at IS NOT NULL)::int)
    FROM (SELECT 1 AS sign, campaign_id, state, sent_at, opened_at, clicked_at FROM newer
          UNION ALL
          SELECT -1, campaign_id, state, sent_at, opened_at, clicked_at FROM older) AS version
    WHERE campaign_id IS NOT NULL
    GROUP BY campaign_id
    HAVING sum(sign * (sent_at IS NOT NULL)::int) <> 0
        OR sum(sign * (state IN ('accepted', 'bounced'))::int) <> 0
        OR sum(sign * (opened_at IS NOT NULL)::int) <> 0
        OR sum(sign * (clicked_at IS NOT NULL)::int) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER messaging_delivery_counts AFTER UPDATE ON messaging_delivery
    REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT
    EXECUTE FUNCTION messaging_delivery_count();
"""
COUNTS_BACK = """
DROP TRIGGER messaging_delivery_counts ON messaging_delivery;
DROP FUNCTION messaging_delivery_count();
DROP TABLE messaging_countchange;
"""
FIRST = """
UPDATE messaging_campaign AS campaign SET sent_count = counted.sent,
    accepted_count = counted.accepted, opened_count = counted.opened,
    clicked_count = counted.clicked, counted_at = now()
FROM (SELECT campaign_id, count(sent_at) AS sent,
        count(*) FILTER (WHERE state IN ('accepted', 'bounced')) AS accepted,
        count(opened_at) AS opened, count(clicked_at) AS clicked
    FROM messaging_delivery WHERE campaign_id IS NOT NULL GROUP BY campaign_id) AS counted
WHERE campaign.id = counted.campaign_id;
"""
# The list of messages: what is not delivered, what is no campaign's, and why somebody got nothing.
LIST = """
CREATE INDEX messaging_delivery_trouble ON messaging_delivery (id)
    WHERE state IN ('rejected', 'bounced', 'unknown');
CREATE INDEX messaging_delivery_single ON messaging_delivery (kind, id) WHERE kind <> 'campaign';
CREATE INDEX messaging_delivery_left_out ON messaging_delivery (reason, id) WHERE reason <> '';
"""
LIST_BACK = """
DROP INDEX messaging_delivery_left_out;
DROP INDEX messaging_delivery_single;
DROP INDEX messaging_delivery_trouble;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_transactional_mail")]
    operations = [
        *(
            migrations.AddField(
                model_name="campaign",
                name=name,
                field=models.BigIntegerField(default=0, db_default=0),
            )
            for name in ("sent_count", "accepted_count", "opened_count", "clicked_count")
        ),
        migrations.AddField(
            model_name="campaign", name="counted_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(COUNTS, COUNTS_BACK),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(LIST, LIST_BACK),
    ]
