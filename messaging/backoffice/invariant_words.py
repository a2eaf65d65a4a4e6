"""What the invariants of sending keep, in sentences."""

from django.utils.translation import gettext_lazy as _

from config.kit.invariants import describe


def register_all() -> None:
    describe(
        {
            "messaging_audience_does_not_add_up": _("The numbers of each campaign add up."),
            "messaging_person_twice_in_a_campaign": _("Nobody is twice in one campaign."),
            "messaging_finished_with_mails_waiting": _(
                "A campaign that is finished has no mail waiting."
            ),
            "messaging_counts_differ_from_the_ledger": _(
                "What a campaign counts is what its mails say."
            ),
        },
        url_name="messaging:campaign-list",
    )
    describe(
        {
            "messaging_in_flight_without_an_open_lease": _("Every mail in flight has a sender."),
            "messaging_lease_open_for_an_hour": _("No sender holds its mails for an hour."),
            "messaging_sent_without_consent": _("No campaign went to anybody without consent."),
            "messaging_sent_to_a_blocked_address": _("Nothing went to a blocked address."),
            "messaging_delivery_of_nobody": _("Every mail belongs to somebody."),
            "messaging_delivery_without_a_month": _("Every mail lies in its month."),
        },
        url_name="messaging:message-list",
    )
