"""What the invariants of customers keep, in sentences."""

from django.utils.translation import gettext_lazy as _

from config.kit.invariants import describe


def register_all() -> None:
    describe(
        {
            "customers_primary_email_out_of_step": _(
                "The e-mail of a record is its first address, and nobody else's."
            ),
            "customers_open_session_of_a_closed_account": _(
                "Nobody whose account is closed is logged in."
            ),
            "customers_activity_of_nobody": _("Every activity belongs to somebody."),
            "customers_activity_without_a_month": _("Every activity lies in its month."),
            "customers_brought_in_a_circle": _("Nobody came by themselves, through others either."),
            "customers_custom_values_out_of_step": _(
                "Searchable custom fields say what the record says."
            ),
        },
        url_name="customers:list",
    )
    describe(
        {
            "customers_consent_chain_broken": _("Nobody changed a statement of consent."),
            "customers_consent_not_the_newest_statement": _(
                "What holds is what a person said last."
            ),
            "customers_statement_of_nobody": _("Every statement of consent belongs to somebody."),
            "customers_granted_by_staff_without_evidence": _(
                "What staff noted as agreed has its evidence."
            ),
        },
        url_name="customers:list",
    )
    describe(
        {
            "customers_merged_in_a_circle": _("No record was merged into itself in a circle."),
            "customers_merged_without_a_merge": _("Every merged record has its merge."),
            "customers_merged_into_a_merged_record": _("A merged record leads to a live one."),
        },
        url_name="customers:merges",
    )
    describe(
        {"customers_erased_with_personal_values": _("Who was erased left no personal data.")},
        url_name="customers:erasures",
    )
    describe(
        {"customers_import_change_of_nobody": _("Every change by an import belongs to somebody.")},
        url_name="imports:list",
    )
