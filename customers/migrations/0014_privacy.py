import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


REDACT = """
-- The one way in which rows of the ledgers lose what is personal in them: at an erasure.
CREATE FUNCTION customers_ledger_redact(people bigint[]) RETURNS void
LANGUAGE plpgsql SET clientela.ledger_maintenance = 'on' AS $$
BEGIN
    UPDATE customers_activity SET ip = NULL,
        data = jsonb_strip_nulls(jsonb_build_object('link', data -> 'link'))
    WHERE customer_id = ANY(people);
    -- The chain holds: it covers the digest of what goes, and a blank salt says that it went.
    UPDATE customers_consentseal AS seal SET salt = '' FROM customers_consentevent AS said
    WHERE said.id = seal.event_id AND said.customer_id = ANY(people);
    UPDATE customers_consentevent SET ip = NULL, user_agent = '',
        evidence = CASE WHEN evidence = '' THEN '' ELSE '-' END
    WHERE customer_id = ANY(people);
END $$;
"""
REDACT_BACK = "DROP FUNCTION customers_ledger_redact(bigint[]);"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0013_own_activity"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="blocked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Blocklisted",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "digest"), name="customers_blocklisted_is_there_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("cancelled", "Called off"),
                            ("done", "Erased"),
                        ],
                        default="scheduled",
                        max_length=9,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("request", "The person asked for it"),
                            ("consent", "The person withdrew their consent"),
                            ("purpose", "The data is no longer needed"),
                            ("law", "A law or an authority demands it"),
                        ],
                        max_length=7,
                        verbose_name="ground",
                    ),
                ),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("report", models.JSONField(default=dict)),
                ("proof", models.CharField(blank=True, max_length=64)),
                (
                    "cancelled_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="customers.customer",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "permissions": [("erase_customer", "Can erase customers for good")],
                "indexes": [
                    models.Index(fields=["-requested_at", "-id"], name="customers_erasure_newest"),
                    models.Index(
                        condition=models.Q(("state", "scheduled")),
                        fields=["due_at"],
                        name="customers_erasure_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "scheduled")),
                        fields=("customer",),
                        name="customers_erasure_is_scheduled_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("erased_at__isnull", False),
                            _connector="OR",
                        ),
                        name="customers_erasure_done_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="customers.customer",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("customer",),
                        name="customers_legalhold_stands_once_per_customer",
                    )
                ],
            },
        ),
        migrations.RunSQL(REDACT, REDACT_BACK),
    ]
