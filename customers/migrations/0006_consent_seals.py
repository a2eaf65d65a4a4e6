import django.utils.timezone
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER customers_consentseal_is_append_only BEFORE UPDATE OR DELETE ON customers_consentseal
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
BACKWARD = "DROP TRIGGER customers_consentseal_is_append_only ON customers_consentseal;"


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_search_words_and_city")]
    operations = [
        migrations.CreateModel(
            name="ConsentSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField(unique=True)),
                ("salt", models.CharField(max_length=32)),
                ("personal_digest", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
