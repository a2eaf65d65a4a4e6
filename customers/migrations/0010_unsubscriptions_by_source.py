from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_order_by_last_login_both_ways")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX customers_consentstate_left ON customers_consentstate "
            "(channel, purpose, source, since, id) WHERE value = 'withdrawn';",
            "DROP INDEX customers_consentstate_left;",
        )
    ]
