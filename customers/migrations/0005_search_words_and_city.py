from django.db import migrations

DERIVE = r"""
CREATE OR REPLACE FUNCTION customers_customer_derive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given text := customers_fold(NEW.first_name);
    family text := customers_fold(NEW.last_name || ' ' || NEW.second_last_name);
    mail text := customers_fold(NEW.email_key);
BEGIN
    NEW.search_text :=
        E'\nf: ' || given || customers_parts(given) ||
        E'\nl: ' || family || customers_parts(family) ||
        E'\ne: ' || mail || customers_parts(mail) ||
        E'\np: ' || regexp_replace(NEW.phone, '\D', '', 'g') ||
        E'\ni: ' || lower(regexp_replace(NEW.id_number, '[^0-9A-Za-z]', '', 'g')) ||
        E'\nu: ' || NEW.public_id::text || E'\n';
    NEW.sort_name := left(customers_fold(trim(
        NEW.first_name || ' ' || NEW.last_name || ' ' || NEW.second_last_name)), 460);
    IF NEW.sort_name = '' THEN
        NEW.sort_name := NEW.email_key;
    END IF;
    IF NEW.birth_date IS NOT NULL THEN
        NEW.birth_month := extract(month FROM NEW.birth_date);
        NEW.birth_day := extract(day FROM NEW.birth_date);
    END IF;
    RETURN NEW;
END $$;
"""
DERIVE_BACK = r"""
CREATE OR REPLACE FUNCTION customers_customer_derive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_text :=
        E'\nf: ' || customers_fold(NEW.first_name) ||
        E'\nl: ' || customers_fold(NEW.last_name || ' ' || NEW.second_last_name) ||
        E'\ne: ' || NEW.email_key || ' ' || customers_words(NEW.email_key) ||
        E'\np: ' || regexp_replace(NEW.phone, '\D', '', 'g') ||
        E'\ni: ' || lower(regexp_replace(NEW.id_number, '[^0-9A-Za-z]', '', 'g')) ||
        E'\nu: ' || NEW.public_id::text || E'\n';
    NEW.sort_name := left(customers_fold(trim(
        NEW.first_name || ' ' || NEW.last_name || ' ' || NEW.second_last_name)), 460);
    IF NEW.sort_name = '' THEN
        NEW.sort_name := NEW.email_key;
    END IF;
    IF NEW.birth_date IS NOT NULL THEN
        NEW.birth_month := extract(month FROM NEW.birth_date);
        NEW.birth_day := extract(day FROM NEW.birth_date);
    END IF;
    RETURN NEW;
END $$;
"""
# A second copy of a value whose words are joined by signs, so that each word is behind a space;
# \x1f stands between the value and that copy.
PARTS = r"""
CREATE FUNCTION customers_parts(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT CASE WHEN value ~ '[@._+''-]' THEN E' \x1f ' || customers_words(value) ELSE '' END $$;
"""
REDERIVE = r"""
UPDATE customers_customer SET first_name = first_name
WHERE search_text ~ '[@._+''-]|[^\x01-\x7f]' OR email_key <> '';
"""
CITY = """
CREATE INDEX customers_by_city ON customers_customer
    (customers_fold(city) text_pattern_ops, id) WHERE city <> '';
CREATE INDEX customers_by_source ON customers_customer (source, id);
"""
CITY_BACK = """
DROP INDEX customers_by_source;
DROP INDEX customers_by_city;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_generic_fields")]
    operations = [
        migrations.RunSQL(PARTS, "DROP FUNCTION customers_parts(text);"),
        migrations.RunSQL(DERIVE, DERIVE_BACK),
        migrations.RunSQL(REDERIVE, migrations.RunSQL.noop),
        migrations.RunSQL(CITY, CITY_BACK),
    ]
