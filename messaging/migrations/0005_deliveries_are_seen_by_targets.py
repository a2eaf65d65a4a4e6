from django.db import migrations

from targets.capture import Capture, catalog_backward, catalog_forward

MOMENTS = ("sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at", "complained_at")
DELIVERIES = Capture(
    table="messaging_delivery",
    compared=("customer_id", "campaign_id", "kind", *MOMENTS),
    identity=("id", "created_at"),
    moments=MOMENTS,
    matters=f"coalesce({', '.join(MOMENTS)}) IS NOT NULL",
)
# What a sweep of time scans: the mails that a window leaves behind. Nearly always a mail is
# delivered at the moment when it is sent: only the others stand in the second index.
TIMES = """
CREATE INDEX messaging_delivery_by_sending ON messaging_delivery (sent_at)
    WHERE sent_at IS NOT NULL;
CREATE INDEX messaging_delivery_by_late_delivery ON messaging_delivery (delivered_at)
    WHERE delivered_at IS DISTINCT FROM sent_at AND delivered_at IS NOT NULL;
CREATE INDEX messaging_delivery_by_bounce ON messaging_delivery (bounced_at)
    WHERE bounced_at IS NOT NULL;
CREATE INDEX messaging_delivery_by_complaint ON messaging_delivery (complained_at)
    WHERE complained_at IS NOT NULL;
"""
TIMES_BACK = """
DROP INDEX messaging_delivery_by_complaint;
DROP INDEX messaging_delivery_by_bounce;
DROP INDEX messaging_delivery_by_late_delivery;
DROP INDEX messaging_delivery_by_sending;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_counts"),
        ("targets", "0003_upkeep"),
    ]
    operations = [
        migrations.RunSQL(DELIVERIES.forward, DELIVERIES.backward),
        migrations.RunSQL(
            catalog_forward("messaging_campaign", "slug"), catalog_backward("messaging_campaign")
        ),
        migrations.RunSQL(TIMES, TIMES_BACK),
    ]
