"""Rules may ask for everything on the record: phones, addresses, ids in other systems."""

from django.db import migrations

from targets.capture import Capture

BEFORE = (
    *("user_id", "lifecycle", "status", "first_name", "last_name", "second_last_name"),
    *("email", "phone", "id_type", "id_number", "gender", "city", "country"),
    *("birth_date", "birth_month", "birth_day", "language", "time_zone", "custom"),
    *("registered_at", "verified_at", "last_login_at", "login_count", "source"),
    *("created_at", "public_id", "trashed_at", "erased_at", "merged_into_id"),
)
ADDED = ("lifecycle_reason", "lifecycle_at", "status_until", "blocked_at", "updated_at")
NARROW = Capture(table="customers_customer", person="id", compared=BEFORE)
WIDE = Capture(table="customers_customer", person="id", compared=(*BEFORE, *ADDED))
FURTHER = (
    Capture(table="customers_customerphone", compared=("customer_id", "number")),
    Capture(
        table="customers_customeremail",
        compared=("customer_id", "address", "is_primary"),
        matters="NOT is_primary",
    ),
    Capture(
        table="customers_address",
        compared=(
            *("customer_id", "line1", "district", "city", "region", "postal_code", "country"),
        ),
    ),
    Capture(table="customers_externalid", compared=("customer_id", "value")),
)
TIMES = "CREATE INDEX targets_customer_by_stage ON customers_customer (lifecycle_at);"
TIMES_BACK = "DROP INDEX targets_customer_by_stage;"


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0007_audit_checks"),
        ("customers", "0034_import_sharing_codes"),
    ]
    operations = [
        migrations.RunSQL(NARROW.backward + WIDE.forward, WIDE.backward + NARROW.forward),
        *[migrations.RunSQL(one.forward, one.backward) for one in FURTHER],
        migrations.RunSQL(TIMES, TIMES_BACK),
    ]
