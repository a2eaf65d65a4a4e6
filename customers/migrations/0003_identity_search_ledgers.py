from django.contrib.postgres.operations import (
    BtreeGinExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

SEARCH = r"""
CREATE FUNCTION customers_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(public.unaccent('public.unaccent', value)) $$;

CREATE FUNCTION customers_words(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT translate(value, '@._+-''', '      ') $$;

-- One line a field: its letter, a colon, and the folded value, each word behind a space.
CREATE FUNCTION customers_customer_derive() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER customers_customer_derives BEFORE INSERT OR UPDATE OF
    first_name, last_name, second_last_name, email_key, phone, id_number, public_id, birth_date
    ON customers_customer FOR EACH ROW EXECUTE FUNCTION customers_customer_derive();

CREATE INDEX customers_customer_search ON customers_customer
    USING gin (search_text public.gin_trgm_ops) WITH (fastupdate = on);
CREATE INDEX customers_alias_search ON customers_customeremail
    USING gin (address_key public.gin_trgm_ops) WHERE NOT is_primary;
CREATE INDEX customers_externalid_search ON customers_externalid (lower(value) text_pattern_ops);
CREATE INDEX customers_customvalue_search ON customers_customvalue
    USING gin (customers_fold(text) public.gin_trgm_ops) WHERE text IS NOT NULL;
CREATE INDEX customers_customvalue_text ON customers_customvalue
    (field_id, customers_fold(left(text, 200))) WHERE text IS NOT NULL;
CREATE INDEX customers_tag_folded ON customers_tag (lower(name));
"""
SEARCH_BACK = """
DROP INDEX customers_tag_folded;
DROP INDEX customers_customvalue_text;
DROP INDEX customers_customvalue_search;
DROP INDEX customers_externalid_search;
DROP INDEX customers_alias_search;
DROP INDEX customers_customer_search;
DROP TRIGGER customers_customer_derives ON customers_customer;
DROP FUNCTION customers_customer_derive();
DROP FUNCTION customers_words(text);
DROP FUNCTION customers_fold(text);
"""

# An index for each order and filter of the list, live people only, the id as tie-breaker.
LIST = """
CREATE INDEX customers_live_by_name ON customers_customer (sort_name, id) WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL;
CREATE INDEX customers_live_by_login ON customers_customer (last_login_at DESC NULLS LAST, id DESC) WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL;
CREATE INDEX customers_live_by_registration ON customers_customer (registered_at DESC, id DESC) WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL;
CREATE INDEX customers_live_by_logins ON customers_customer (login_count DESC, id DESC) WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL;
CREATE INDEX customers_not_active ON customers_customer (status, id) WHERE status <> 'active';
CREATE INDEX customers_by_lifecycle ON customers_customer (lifecycle, registered_at DESC, id DESC) WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL;
CREATE INDEX customers_verified ON customers_customer (verified_at) WHERE verified_at IS NOT NULL;
CREATE INDEX customers_trashed ON customers_customer (trashed_at DESC, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX customers_email_key ON customers_customer (email_key) WHERE email_key <> '';
CREATE INDEX customers_by_phone ON customers_customer (phone) WHERE phone <> '';
CREATE INDEX customers_by_id_number ON customers_customer (id_number) WHERE id_number <> '';
CREATE INDEX customers_by_birthday ON customers_customer (birth_month, birth_day) WHERE birth_month IS NOT NULL;
CREATE INDEX customers_by_birth_date ON customers_customer (birth_date) WHERE birth_date IS NOT NULL;
"""
LIST_BACK = "".join(f"DROP INDEX {line.split()[2]};\n" for line in LIST.strip().splitlines())

EMAIL = r"""
-- customers_customeremail holds the primary address of everyone beside the aliases.
CREATE FUNCTION customers_email_follow_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_customeremail
        (customer_id, address, address_key, is_primary, verified_at, source, created_at)
    SELECT id, email, email_key, true, verified_at, source, clock_timestamp()
    FROM added WHERE email_key <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER customers_email_follows_insert AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION customers_email_follow_insert();

CREATE FUNCTION customers_email_follow_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.email_key <> OLD.email_key THEN
        DELETE FROM customers_customeremail WHERE customer_id = NEW.id AND is_primary;
    END IF;
    UPDATE customers_customeremail SET is_primary = true, address = NEW.email
    WHERE customer_id = NEW.id AND address_key = NEW.email_key;
    IF NOT FOUND AND NEW.email_key <> '' THEN
        INSERT INTO customers_customeremail
            (customer_id, address, address_key, is_primary, source, created_at)
        VALUES (NEW.id, NEW.email, NEW.email_key, true, NEW.source, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_email_follows_update AFTER UPDATE OF email, email_key ON customers_customer
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email OR OLD.email_key <> NEW.email_key)
    EXECUTE FUNCTION customers_email_follow_update();
"""
EMAIL_BACK = """
DROP TRIGGER customers_email_follows_update ON customers_customer;
DROP TRIGGER customers_email_follows_insert ON customers_customer;
DROP FUNCTION customers_email_follow_update();
DROP FUNCTION customers_email_follow_insert();
"""

CUSTOM = r"""
-- The values of searchable and unique fields stand as rows too.
CREATE FUNCTION customers_custom_rows(person bigint, document jsonb)
RETURNS TABLE (field_id bigint, customer_id bigint, text text, number numeric, date date, unique_key text)
LANGUAGE sql STABLE AS $$
    SELECT field.id, person,
        CASE WHEN field.kind IN ('text', 'paragraph', 'dropdown', 'choice') THEN document ->> field.key END,
        CASE WHEN field.kind = 'number' THEN (document ->> field.key)::numeric END,
        CASE WHEN field.kind = 'date' THEN (document ->> field.key)::date END,
        CASE WHEN field.is_unique THEN customers_fold(document ->> field.key) END
    FROM customers_customfield AS field
    WHERE (field.is_searchable OR field.is_unique) AND field.kind <> 'checkbox'
      AND document ? field.key AND document ->> field.key <> ''
$$;
CREATE FUNCTION customers_custom_follow_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM customers_customfield WHERE is_searchable OR is_unique) THEN
        INSERT INTO customers_customvalue (field_id, customer_id, text, number, date, unique_key)
        SELECT made.* FROM added, customers_custom_rows(added.id, added.custom) AS made
        WHERE added.custom <> '{}'::jsonb;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_custom_follows_insert AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION customers_custom_follow_insert();
CREATE FUNCTION customers_custom_follow_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM customers_customvalue WHERE customer_id = NEW.id;
    INSERT INTO customers_customvalue (field_id, customer_id, text, number, date, unique_key)
    SELECT * FROM customers_custom_rows(NEW.id, NEW.custom);
    RETURN NULL;
END $$;
CREATE TRIGGER customers_custom_follows_update AFTER UPDATE OF custom ON customers_customer
    FOR EACH ROW WHEN (OLD.custom IS DISTINCT FROM NEW.custom)
    EXECUTE FUNCTION customers_custom_follow_update();
"""
CUSTOM_BACK = """
DROP TRIGGER customers_custom_follows_update ON customers_customer;
DROP TRIGGER customers_custom_follows_insert ON customers_customer;
DROP FUNCTION customers_custom_follow_update();
DROP FUNCTION customers_custom_follow_insert();
DROP FUNCTION customers_custom_rows(bigint, jsonb);
"""

ACTIVITY = """
CREATE SEQUENCE customers_activity_id_seq;
CREATE TABLE customers_activity (
    id bigint NOT NULL DEFAULT nextval('customers_activity_id_seq'),
    customer_id bigint NOT NULL,
    kind varchar(40) NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor_id bigint,
    origin varchar(20) NOT NULL DEFAULT '',
    device varchar(10) NOT NULL DEFAULT '',
    ip inet,
    object_kind varchar(20) NOT NULL DEFAULT '',
    object_id bigint,
    context_id bigint,
    data jsonb NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (occurred_at);
ALTER SEQUENCE customers_activity_id_seq OWNED BY customers_activity.id;
CREATE TABLE customers_activity_default PARTITION OF customers_activity DEFAULT;
CREATE INDEX customers_activity_of_person ON customers_activity (customer_id, occurred_at DESC, id DESC);
CREATE INDEX customers_activity_of_kind ON customers_activity (kind, customer_id, occurred_at) INCLUDE (device, context_id);
CREATE TRIGGER customers_activity_is_append_only BEFORE UPDATE OR DELETE ON customers_activity
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
ACTIVITY_BACK = "DROP TABLE customers_activity;"

CONSENT = """
CREATE TRIGGER customers_consentevent_is_append_only BEFORE UPDATE OR DELETE ON customers_consentevent
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();

CREATE FUNCTION customers_consent_rank(value text) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE value WHEN 'withdrawn' THEN 2 WHEN 'pending' THEN 1 ELSE 0 END $$;

-- The newest statement holds; of two at one instant, the more restrictive one.
CREATE FUNCTION customers_consent_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_consentstate AS held
        (customer_id, channel, purpose, value, since, source, event_id)
    SELECT DISTINCT ON (customer_id, channel, purpose)
        customer_id, channel, purpose, value, occurred_at, source, id
    FROM added
    ORDER BY customer_id, channel, purpose, occurred_at DESC, customers_consent_rank(value) DESC, id DESC
    ON CONFLICT (customer_id, channel, purpose) DO UPDATE
        SET value = excluded.value, since = excluded.since, source = excluded.source,
            event_id = excluded.event_id
        WHERE held.since < excluded.since OR (held.since = excluded.since
            AND customers_consent_rank(held.value) <= customers_consent_rank(excluded.value));
    RETURN NULL;
END $$;
CREATE TRIGGER customers_consent_follows AFTER INSERT ON customers_consentevent
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION customers_consent_follow();
"""
CONSENT_BACK = """
DROP TRIGGER customers_consent_follows ON customers_consentevent;
DROP FUNCTION customers_consent_follow();
DROP FUNCTION customers_consent_rank(text);
DROP TRIGGER customers_consentevent_is_append_only ON customers_consentevent;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_initial"), ("kit", "0002_append_only")]
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(SEARCH, SEARCH_BACK),
        migrations.RunSQL(LIST, LIST_BACK),
        migrations.RunSQL(EMAIL, EMAIL_BACK),
        migrations.RunSQL(CUSTOM, CUSTOM_BACK),
        migrations.RunSQL(ACTIVITY, ACTIVITY_BACK),
        migrations.RunSQL(CONSENT, CONSENT_BACK),
    ]
