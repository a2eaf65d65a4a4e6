from django.db import migrations

FORWARD = """
CREATE UNLOGGED TABLE customers_importrow (
    batch_id bigint NOT NULL,
    line bigint NOT NULL,
    result varchar(9) NOT NULL,
    errors jsonb,
    remarks jsonb,
    public_id uuid,
    email text,
    email_key text,
    externals text[],
    first_name text,
    last_name text,
    second_last_name text,
    phone text,
    id_type text,
    id_number text,
    gender text,
    city text,
    country text,
    birth_date date,
    birth_month smallint,
    birth_day smallint,
    language text,
    time_zone text,
    status text,
    lifecycle text,
    registered_at timestamptz,
    custom jsonb,
    tags text[],
    categories text[],
    address jsonb,
    note text,
    consents jsonb,
    customer_id bigint,
    customer_version integer,
    matched_by varchar(10),
    before jsonb,
    after jsonb,
    PRIMARY KEY (batch_id, line)
);
CREATE INDEX customers_importrow_by_result ON customers_importrow (batch_id, result, line);
COMMENT ON TABLE customers_importrow IS
    'Rows of an import between its upload and its end. A crash of the server empties it; the file is then read again.';
"""
BACKWARD = "DROP TABLE customers_importrow;"


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_consent_seals")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
