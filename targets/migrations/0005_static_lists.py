import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from targets.capture import Capture, catalog_backward, catalog_forward

ENTRIES = Capture(table="targets_staticentry", key="list_id", compared=("list_id", "customer_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0026_view_as_customer"),
        ("targets", "0004_membership_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaticList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slug", models.CharField(max_length=100, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[("included", "Put in by hand"), ("excluded", "Left out by hand")],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="picks",
                        to="targets.target",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of people",
                "verbose_name_plural": "lists of people",
            },
        ),
        migrations.CreateModel(
            name="StaticEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_entries",
                        to="customers.customer",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="targets.staticlist",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="staticlist",
            index=models.Index(fields=["name", "id"], name="targets_list_by_name"),
        ),
        migrations.AddIndex(
            model_name="staticlist",
            index=models.Index(fields=["-created_at", "-id"], name="targets_list_newest"),
        ),
        migrations.AddConstraint(
            model_name="staticlist",
            constraint=models.UniqueConstraint(
                fields=("target", "side"), name="targets_target_has_one_list_for_each_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="staticlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("side", ""), ("target", None)),
                    models.Q(("target__isnull", False), models.Q(("side", ""), _negated=True)),
                    _connector="OR",
                ),
                name="targets_list_of_a_target_has_a_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="staticentry",
            constraint=models.UniqueConstraint(
                fields=("list", "customer"), name="targets_person_is_on_a_list_once"
            ),
        ),
        migrations.RunSQL(ENTRIES.forward, ENTRIES.backward),
        migrations.RunSQL(
            catalog_forward("targets_staticlist", "slug"), catalog_backward("targets_staticlist")
        ),
    ]
