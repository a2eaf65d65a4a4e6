from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_import_rows")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX customers_phone_search ON customers_customerphone "
            "USING gin (number public.gin_trgm_ops);",
            "DROP INDEX customers_phone_search;",
        )
    ]
