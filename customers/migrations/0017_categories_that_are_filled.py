from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_bulk_undo")]
    operations = [
        migrations.AddField(
            model_name="category",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="category",
            name="source_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="category",
            name="followed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="category",
            name="followed_stamp",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        # Two of one name were possible so far; the later one gets its code behind it.
        migrations.RunSQL(
            "UPDATE customers_category AS later SET name = left(name, 50) || ' ' || code "
            "WHERE EXISTS (SELECT 1 FROM customers_category AS earlier "
            "WHERE lower(earlier.name) = lower(later.name) AND earlier.id < later.id);",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(
                Lower("name"), name="customers_category_name_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(source="", source_key="")
                | (~models.Q(source="") & ~models.Q(source_key="")),
                name="customers_category_source_has_its_key",
            ),
        ),
    ]
