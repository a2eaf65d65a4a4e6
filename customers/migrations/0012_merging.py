import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


LEDGER = """
-- The one way in which a row of a ledger gets another person: at a merge and its undo.
CREATE FUNCTION customers_ledger_repoint(ledger regclass, ids bigint[], was bigint, becomes bigint)
RETURNS bigint[] LANGUAGE plpgsql SET clientela.ledger_maintenance = 'on' AS $$
DECLARE moved bigint[];
BEGIN
    EXECUTE format('WITH moved AS (UPDATE %s SET customer_id = $1 WHERE customer_id = $2
            AND ($3 IS NULL OR id = ANY($3)) RETURNING id)
        SELECT coalesce(array_agg(id ORDER BY id), ''{}'') FROM moved', ledger)
    INTO moved USING becomes, was, ids;
    RETURN moved;
END $$;
"""
LEDGER_BACK = """
DROP FUNCTION customers_ledger_repoint(regclass, bigint[], bigint, bigint);
"""

DUPLICATES = r"""
-- The same for all spellings of one mailbox; only suggests, never identifies.
CREATE FUNCTION customers_mailbox(address text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(split_part(split_part(address, '@', 1), '+', 1), '.', '') || '@' ||
        CASE split_part(address, '@', 2) WHEN 'googlemail.com' THEN 'gmail.com'
            ELSE split_part(address, '@', 2) END
$$;

CREATE VIEW customers_duplicatesource AS
    SELECT id AS customer_id, 1::smallint AS kind, id_type || ' ' || upper(id_number) AS value
        FROM customers_customer WHERE id_number <> '' AND trashed_at IS NULL
            AND merged_into_id IS NULL AND erased_at IS NULL
    UNION ALL SELECT id, 2::smallint, phone FROM customers_customer WHERE phone <> ''
        AND trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
    UNION ALL SELECT further.customer_id, 2::smallint, further.number
        FROM customers_customerphone AS further JOIN customers_customer AS person
            ON person.id = further.customer_id AND person.trashed_at IS NULL
            AND person.merged_into_id IS NULL AND person.erased_at IS NULL
    UNION ALL SELECT held.customer_id, 3::smallint, customers_mailbox(held.address_key)
        FROM customers_customeremail AS held JOIN customers_customer AS person
            ON person.id = held.customer_id AND person.trashed_at IS NULL
            AND person.merged_into_id IS NULL AND person.erased_at IS NULL
    UNION ALL SELECT id, 4::smallint, sort_name || ' ' || birth_date::text
        FROM customers_customer WHERE birth_date IS NOT NULL AND first_name <> ''
            AND last_name <> '' AND trashed_at IS NULL AND merged_into_id IS NULL
            AND erased_at IS NULL
    UNION ALL SELECT held.customer_id, 5::smallint, lower(held.value)
        FROM customers_externalid AS held JOIN customers_customer AS person
            ON person.id = held.customer_id AND person.trashed_at IS NULL
            AND person.merged_into_id IS NULL AND person.erased_at IS NULL
        WHERE length(held.value) >= 5;

-- What people share, as digests: no value of a person stands here.
CREATE TABLE customers_duplicatekey (
    kind smallint NOT NULL,
    key bigint NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (kind, key, customer_id)
);
CREATE INDEX customers_duplicatekey_of_customer ON customers_duplicatekey (customer_id);
"""
DUPLICATES_BACK = """
DROP TABLE customers_duplicatekey;
DROP VIEW customers_duplicatesource;
DROP FUNCTION customers_mailbox(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_staff_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
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
                        choices=[("done", "Merged"), ("undone", "Undone")],
                        default="done",
                        max_length=6,
                    ),
                ),
                ("choices", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(null=True)),
                ("kept", models.JSONField(default=list)),
                (
                    "loser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_out",
                        to="customers.customer",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_in",
                        to="customers.customer",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("merge_customers", "Can merge customers and undo it")],
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
            },
        ),
        migrations.CreateModel(
            name="MergeStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                ("row", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("moved", models.JSONField(default=list)),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="customers.merge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reasons", models.JSONField()),
                ("strength", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be judged"), ("dismissed", "Two people")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("judged_reasons", models.JSONField(default=list)),
                ("judged_at", models.DateTimeField(null=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["state", "-strength", "-id"], name="customers_duplicate_list"
                    ),
                    models.Index(
                        fields=["state", "-found_at", "-id"], name="customers_duplicate_newest"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "second"), name="customers_duplicatepair_is_once_per_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="customers_duplicatepair_is_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "dismissed"])),
                        name="customers_duplicatepair_state_is_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["-merged_at", "-id"], name="customers_merge_newest"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done")),
                fields=("loser",),
                name="customers_merge_takes_a_record_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("survivor", models.F("loser")), _negated=True),
                name="customers_merge_is_of_two_records",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), ("undone_at", None)),
                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                    _connector="OR",
                ),
                name="customers_merge_undone_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="mergestep",
            index=models.Index(fields=["table", "row"], name="customers_mergestep_of_row"),
        ),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
        migrations.RunSQL(DUPLICATES, DUPLICATES_BACK),
    ]
