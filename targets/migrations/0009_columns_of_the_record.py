"""A change of the record says which columns changed: only what asks for them is evaluated."""

from django.db import migrations

from targets.capture import Capture

COMPARED = (
    *("user_id", "lifecycle", "status", "first_name", "last_name", "second_last_name"),
    *("email", "phone", "id_type", "id_number", "gender", "city", "country"),
    *("birth_date", "birth_month", "birth_day", "language", "time_zone", "custom"),
    *("registered_at", "verified_at", "last_login_at", "login_count", "source"),
    *("created_at", "public_id", "trashed_at", "erased_at", "merged_into_id"),
    *("lifecycle_reason", "lifecycle_at", "status_until", "blocked_at", "updated_at"),
)
# Who comes or goes is judged by every rule.
WHOLE = ("trashed_at", "erased_at", "merged_into_id")
UNNAMED = Capture(table="customers_customer", person="id", compared=COMPARED)
NAMED = Capture(table="customers_customer", person="id", compared=COMPARED, whole=WHOLE)


class Migration(migrations.Migration):
    dependencies = [("targets", "0008_all_of_the_record")]
    operations = [
        migrations.RunSQL(UNNAMED.backward + NAMED.forward, NAMED.backward + UNNAMED.forward),
    ]
