"""This app's part: the record, what stands around it, its ledgers."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from customers.models import Customer, LegalHold
from customers.privacy.registry import PersonalTable, PrivacyPart, privacy

LEDGER: Final = lazy("The proof of what was agreed to is kept without names and addresses.")
NUMBERS: Final = lazy("It is counted, and no longer leads to anybody.")
REQUESTS: Final = lazy("It shows that the request was answered in time, and names nobody.")
OF_REQUESTS: Final = "customer_id = ANY(%(people)s) OR email_key = ANY(%(addresses)s)"
OF_NOTES: Final = "note_id IN (SELECT id FROM customers_note WHERE customer_id = ANY(%(people)s))"
# Every column of the record that says something of the person, and what stands there after.
RECORD: Final = {
    **dict.fromkeys(
        (
            *("first_name", "last_name", "second_last_name", "email", "email_key", "phone"),
            *("id_type", "id_number", "gender", "city", "language", "time_zone"),
        ),
        "''",
    ),
    **dict.fromkeys(("birth_date", "birth_month", "birth_day", "verified_at", "user_id"), "NULL"),
    "custom": "'{}'::jsonb",
    "lifecycle_reason": "''",
    "erased_at": "clock_timestamp()",
    "updated_at": "clock_timestamp()",
    "version": "version + 1",
}
TABLES: Final = (
    PersonalTable(
        table="customers_noterevision",
        label=lazy("Earlier notes"),
        erasing="delete",
        where=OF_NOTES,
        export="SELECT old.body, old.replaced_at FROM customers_noterevision AS old "
        "JOIN customers_note AS note ON note.id = old.note_id "
        "WHERE note.customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_note",
        label=lazy("Notes"),
        erasing="delete",
        export="SELECT body, created_at, edited_at, deleted_at FROM customers_note "
        "WHERE customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_tagging",
        label=lazy("Tags"),
        erasing="delete",
        export="SELECT tag.name, held.created_at FROM customers_tagging AS held "
        "JOIN customers_tag AS tag ON tag.id = held.tag_id "
        "WHERE held.customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_categoryassignment",
        label=lazy("Categories"),
        erasing="delete",
        export="SELECT category.code, category.name, held.created_at "
        "FROM customers_categoryassignment AS held "
        "JOIN customers_category AS category ON category.id = held.category_id "
        "WHERE held.customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_customerphone",
        label=lazy("Further phones"),
        erasing="delete",
        export="SELECT number, label FROM customers_customerphone "
        "WHERE customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_externalid",
        label=lazy("Codes in other systems"),
        erasing="delete",
        export="SELECT system, value FROM customers_externalid WHERE customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_address",
        label=lazy("Postal addresses"),
        erasing="delete",
        export="SELECT label, line1, line2, district, city, region, postal_code, country, is_main "
        "FROM customers_address WHERE customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_codeuse",
        label=lazy("Code by which they came"),
        erasing="keep",
        why=NUMBERS,
        export="SELECT code.code, code.name, held.used_at FROM customers_codeuse AS held "
        "JOIN customers_registrationcode AS code ON code.id = held.code_id "
        "WHERE held.customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_registrationcode",
        label=lazy("Sharing codes"),
        erasing="blank",
        blank={
            "revoked_at": "coalesce(revoked_at, clock_timestamp())",
            "is_current": "false",
            "created_by_id": "NULL",
        },
        why=lazy("It leads nobody to them any more; who came by it is still counted."),
        export="SELECT code, is_current, created_at, revoked_at FROM customers_registrationcode "
        "WHERE customer_id = ANY(%(people)s) ORDER BY created_at",
    ),
    PersonalTable(table="customers_datarequest", label="", erasing="delete"),
    PersonalTable(
        table="customers_privacystep",
        label=lazy("Steps of privacy requests"),
        erasing="blank",
        where="request_id IN (SELECT id FROM customers_privacyrequest WHERE "
        "customer_id = ANY(%(people)s) OR email_key = ANY(%(addresses)s))",
        blank={"text": "''"},
        why=REQUESTS,
    ),
    PersonalTable(
        table="customers_privacyrequest",
        label=lazy("Privacy requests"),
        erasing="blank",
        where=OF_REQUESTS,
        blank=dict.fromkeys(
            (
                *("name", "email", "email_key", "language", "details", "answer"),
                *("identity_note", "extension_reason"),
            ),
            "''",
        ),
        why=REQUESTS,
        export='SELECT "right", channel, received_on, due_on, details, state, answer, closed_at '
        "FROM customers_privacyrequest WHERE customer_id = ANY(%(people)s) "
        "OR email_key = ANY(%(addresses)s) ORDER BY received_on",
    ),
    PersonalTable(table="customers_fieldlock", label="", erasing="delete"),
    PersonalTable(
        table="customers_ordersync",
        label=lazy("Contact data of orders"),
        erasing="blank",
        blank={"proposed": "'{}'::jsonb"},
        why=lazy("It shows that an order was dealt with, without what it said."),
        export="SELECT reference, ordered_at, proposed FROM customers_ordersync "
        "WHERE customer_id = ANY(%(people)s) ORDER BY ordered_at",
    ),
    PersonalTable(
        table="customers_consentstate", label=lazy("Consent that holds"), erasing="delete"
    ),
    PersonalTable(
        table="customers_consentevent",
        label=lazy("Consent"),
        erasing="keep",
        why=LEDGER,
        export="SELECT channel, purpose, value, source, wording, policy_version, evidence, ip, "
        "user_agent, occurred_at FROM customers_consentevent "
        "WHERE customer_id = ANY(%(people)s) ORDER BY occurred_at",
    ),
    PersonalTable(
        table="customers_activity",
        label=lazy("Activity"),
        erasing="keep",
        why=NUMBERS,
        export="SELECT kind, occurred_at, origin, device, ip, data FROM customers_activity "
        "WHERE customer_id = ANY(%(people)s) ORDER BY occurred_at",
    ),
    PersonalTable(
        table="customers_importchange", label=lazy("Changes by imports"), erasing="delete"
    ),
    PersonalTable(
        table="customers_bulkchange", label=lazy("Changes by bulk actions"), erasing="delete"
    ),
    PersonalTable(
        table="customers_importrow",
        label=lazy("Rows of imports"),
        erasing="delete",
        where="customer_id = ANY(%(people)s) OR email_key = ANY(%(addresses)s)",
    ),
    PersonalTable(table="customers_duplicatekey", label="", erasing="delete"),
    PersonalTable(
        table="customers_duplicatepair",
        label="",
        erasing="delete",
        where="first_id = ANY(%(people)s) OR second_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_mergestep",
        label=lazy("Merges"),
        erasing="delete",
        where="merge_id IN (SELECT id FROM customers_merge "
        "WHERE survivor_id = ANY(%(people)s) OR loser_id = ANY(%(people)s))",
    ),
    PersonalTable(
        table="customers_merge",
        label=lazy("Merges"),
        erasing="blank",
        where="survivor_id = ANY(%(people)s) OR loser_id = ANY(%(people)s)",
        blank={"kept": "'[]'::jsonb"},
        why=NUMBERS,
    ),
    PersonalTable(
        table="customers_legalhold",
        label=lazy("Legal holds"),
        erasing="blank",
        blank={"reason": "''"},
        why=NUMBERS,
    ),
    PersonalTable(
        table="customers_erasure",
        label=lazy("Erasures"),
        erasing="keep",
        why=lazy("It shows that the erasure was done."),
    ),
    PersonalTable(table="customers_customvalue", label="", erasing="delete"),
    PersonalTable(
        table="customers_emailmove",
        label=lazy("Changes of e-mail"),
        erasing="delete",
        export="SELECT old_address, new_address, state, asked_at, ended_at "
        "FROM customers_emailmove WHERE customer_id = ANY(%(people)s) ORDER BY asked_at",
    ),
    PersonalTable(
        table="customers_customeremail",
        label=lazy("E-mails"),
        erasing="delete",
        export="SELECT address, is_primary, verified_at, source, created_at "
        "FROM customers_customeremail WHERE customer_id = ANY(%(people)s)",
    ),
    PersonalTable(
        table="customers_customer",
        label=lazy("Record"),
        erasing="blank",
        where="id = ANY(%(people)s)",
        blank=RECORD,
        why=lazy("An empty record stays, to which figures without a name belong."),
        export="SELECT public_id, first_name, last_name, second_last_name, email, phone, id_type, "
        "id_number, gender, city, country, birth_date, birth_month, birth_day, language, "
        "time_zone, custom, lifecycle, status, registered_at, verified_at, last_login_at, "
        "login_count, source FROM customers_customer WHERE id = ANY(%(people)s) "
        "ORDER BY merged_into_id NULLS FIRST, id",
    ),
    # The last: emptying the tables above is remembered here too.
    PersonalTable(
        table="customers_profilechange",
        label=lazy("Earlier states of the record"),
        erasing="delete",
        export="SELECT part, before, changed_at FROM customers_profilechange "
        "WHERE customer_id = ANY(%(people)s) ORDER BY id",
    ),
)


def blockers(customer: Customer) -> list[str]:
    held = LegalHold.objects.filter(customer=customer, lifted_at=None).first()
    if held is None:
        return []
    return [_("There is a legal hold: %(reason)s") % {"reason": held.reason}]


def register_all() -> None:
    privacy.register("customers", PrivacyPart(tables=TABLES, blockers=blockers))
