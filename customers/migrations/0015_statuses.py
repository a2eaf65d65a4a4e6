from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_privacy")]
    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={
                "permissions": [
                    ("import_customers", "Can import customers"),
                    ("export_customers", "Can export customers"),
                    ("disable_customers", "Can disable customers for good and take it back"),
                ],
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
        # Few people have such a day: the index of the sweep is small.
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(status_until__isnull=False),
                fields=["status_until"],
                name="customers_customer_to_wake",
            ),
        ),
    ]
