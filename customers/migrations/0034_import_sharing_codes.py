"""The code that a person shares comes in with a file."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0033_statistics")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE customers_importrow ADD COLUMN sharing_code text",
            "ALTER TABLE customers_importrow DROP COLUMN sharing_code",
        ),
    ]
