from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0018_note_mentions")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="password_expires_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterModelOptions(
            name="customer",
            options={
                "permissions": [
                    ("import_customers", "Can import customers"),
                    ("export_customers", "Can export customers"),
                    ("assign_passwords", "Can give customers a temporary password"),
                    ("disable_customers", "Can disable customers for good and take it back"),
                ],
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
    ]
