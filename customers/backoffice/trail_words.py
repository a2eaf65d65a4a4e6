"""How the audit trail reads: the actions of this app, and the things that they change."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit import abilities, audit
from config.kit.audit.catalogue import Subject, SubjectKind
from config.kit.errors import DomainError
from customers.rules.searches import parse_search
from customers.selectors.codes import codes_named
from customers.selectors.customers import customers_found
from customers.selectors.fields import field_labels, value_text
from customers.selectors.roles import roles_named
from customers.selectors.trail import (
    batches_named,
    categories_named,
    custom_fields_named,
    customers_named,
    mappings_named,
    policies_named,
    requests_named,
    tags_named,
    users_named,
)

CUSTOMERS = {
    "created": _("Customer created"),
    "updated": _("Customer edited"),
    "status_changed": _("Status of a customer changed"),
    "stage_changed": _("Stage of a customer changed"),
    "written_to": _("Mail written to a customer"),
    "password_assigned": _("Temporary password given to a customer"),
    "verified": _("E-mail of a customer marked as verified"),
    "unverified": _("Verification of an e-mail taken back"),
    "trashed": _("Customer moved to the trash"),
    "restored": _("Customer taken out of the trash"),
    "erasure_scheduled": _("Erasure of a customer scheduled"),
    "erasure_cancelled": _("Erasure of a customer called off"),
    "erased": _("Customer erased"),
    "hold_placed": _("Legal hold placed on a customer"),
    "hold_lifted": _("Legal hold on a customer lifted"),
    "blocked": _("Data of a customer blocked"),
    "unblocked": _("Data of a customer unblocked"),
    "data_exported": _("Data of one customer exported"),
    "merged": _("Two customers merged"),
    "unmerged": _("Merge of two customers undone"),
    "tag_added": _("Tag put on a customer"),
    "tag_removed": _("Tag taken off a customer"),
    "category_changed": _("Categories of a customer changed"),
    "note_added": _("Note written"),
    "note_edited": _("Note edited"),
    "note_pinned": _("Note pinned"),
    "note_unpinned": _("Note unpinned"),
    "note_deleted": _("Note deleted"),
    "alias_added": _("Second e-mail added"),
    "alias_removed": _("Second e-mail removed"),
    "phone_added": _("Phone added"),
    "phones_removed": _("Phone removed"),
    "external_id_added": _("Code of another system added"),
    "external_id_removed": _("Code of another system removed"),
    "came_by_code": _("Code written down by which a customer came"),
    "code_taken_back": _("Code by which a customer came taken back"),
    "sharing_code_made": _("Sharing code given to a customer"),
    "sharing_code_replaced": _("Sharing code of a customer replaced"),
    "sharing_code_revoked": _("Sharing codes of a customer revoked"),
    "data_requested": _("Customer asked for missing data"),
    "data_request_revoked": _("Link that asks for missing data ended"),
    "data_given": _("Missing data given by the customer"),
    "locked": _("Contact data of a customer locked"),
    "unlocked": _("Contact data of a customer unlocked"),
    "order_differs": _("Order with other contact data than the record"),
    "order_applied": _("Contact data of an order taken over"),
    "order_ignored": _("Contact data of an order ignored"),
    "address_saved": _("Postal address saved"),
    "address_removed": _("Postal address removed"),
    "password_link_sent": _("Link to set a password sent"),
    "email_move_asked": _("Change of an e-mail asked for"),
    "email_move_sent_again": _("Links of a change of e-mail sent again"),
    "email_move_proved_new": _("New e-mail proved by its link"),
    "email_move_proved_old": _("Change of an e-mail agreed to from the old one"),
    "email_move_refused": _("Change of an e-mail refused by mail"),
    "email_move_cancelled": _("Change of an e-mail called off"),
    "email_move_expired": _("Change of an e-mail that nobody answered"),
    "email_move_failed": _("Change of an e-mail that was not possible any more"),
    "email_move_done": _("E-mail of a customer moved"),
    "email_move_undone": _("Change of an e-mail undone"),
    "viewed_as": _("Shop seen as the customer sees it"),
    "page_viewed_as": _("Page seen as the customer sees it"),
    "login_unlocked": _("Log-in of a customer unlocked"),
    "sessions_ended": _("Sessions of a customer ended"),
}
OTHERS = {
    "customers.user.password_set": _("Password set by a link"),
    "customers.user.login_disowned": _("Owner of a log-in said that it was not them"),
    "customers.user.password_changed": _("Password changed"),
    "customers.staff.created": _("Member of staff created"),
    "customers.staff.role_changed": _("Role of a member of staff changed"),
    "customers.staff.deactivated": _("Member of staff deactivated"),
    "customers.staff.invited": _("Member of staff invited"),
    "customers.staff.invited_again": _("Invitation of a member of staff sent again"),
    "customers.staff.reactivated": _("Member of staff let in again"),
    "customers.staff.factor_reset": _("Second factor of a member of staff reset"),
    "customers.staff.sessions_ended": _("Sessions of a member of staff ended"),
    "customers.staff.logged_in": _("Log-in to the back office"),
    "customers.staff.logged_out": _("Log-out of the back office"),
    "customers.staff.login_failed": _("Failed log-in to the back office"),
    "customers.staff.code_failed": _("Wrong code of the second factor at the log-in"),
    "customers.staff.proved": _("Proved again who one is"),
    "customers.staff.proof_failed": _("Wrong password or code when asked to prove it"),
    "customers.staff.passkey_added": _("Passkey added"),
    "customers.staff.passkey_removed": _("Passkey removed"),
    "customers.staff.passkey_failed": _("Passkey not accepted"),
    "customers.staff.factor_on": _("Second factor turned on"),
    "customers.staff.factor_off": _("Second factor turned off"),
    "customers.staff.codes_made": _("New recovery codes made"),
    "customers.role.created": _("Role created"),
    "customers.role.renamed": _("Role renamed"),
    "customers.role.edited": _("Rights of a role changed"),
    "customers.role.reset": _("Role reset to its default"),
    "customers.role.deleted": _("Role deleted"),
    "customers.bulk.merge": _("Many pairs of customers merged"),
    "customers.duplicates.searched": _("Duplicates looked for"),
    "customers.duplicate.dismissed": _("Two customers judged to be two people"),
    "customers.duplicate.reopened": _("Two customers to be judged again"),
    "customers.retention.changed": _("Time for which data is kept changed"),
    "customers.retention.ran": _("Data that is kept no longer was removed"),
    "customers.record_rules.changed": _("Rules of the records changed"),
    "customers.privacy_request.received": _("Privacy request received"),
    "customers.privacy_request.linked": _("Record of a privacy request chosen"),
    "customers.privacy_request.identified": _("Identity of a privacy request proved"),
    "customers.privacy_request.not_identified": _("Identity of a privacy request not proved"),
    "customers.privacy_request.assigned": _("Privacy request assigned"),
    "customers.privacy_request.noted": _("Note on a privacy request"),
    "customers.privacy_request.waiting": _("Privacy request waits for the person"),
    "customers.privacy_request.resumed": _("Privacy request goes on"),
    "customers.privacy_request.extended": _("Privacy request put off"),
    "customers.privacy_request.copied": _("Copy of the data made for a privacy request"),
    "customers.privacy_request.granted": _("Privacy request granted"),
    "customers.privacy_request.refused": _("Privacy request refused"),
    "customers.privacy_request.withdrawn": _("Privacy request withdrawn"),
    "customers.privacy_request.reopened": _("Privacy request opened again"),
    "customers.import_mapping.saved": _("Mapping of an import saved"),
    "customers.import_mapping.renamed": _("Mapping of an import renamed"),
    "customers.import_mapping.deleted": _("Mapping of an import deleted"),
    "customers.tag.saved": _("Tag saved"),
    "customers.tag.deleted": _("Tag deleted"),
    "customers.category.saved": _("Category saved"),
    "customers.category.deleted": _("Category deleted"),
    "customers.code.saved": _("Registration code saved"),
    "customers.code.revoked": _("Registration code revoked"),
    "customers.code.restored": _("Registration code open again"),
    "customers.custom_field.created": _("Custom field created"),
    "customers.custom_field.updated": _("Custom field edited"),
    "customers.custom_field.moved": _("Custom field moved"),
    "customers.custom_field.disabled": _("Custom field switched off"),
    "customers.custom_field.enabled": _("Custom field switched on"),
    "customers.custom_field.deleted": _("Custom field deleted"),
    "customers.bulk.tag": _("Tags put on many customers"),
    "customers.bulk.untag": _("Tags taken off many customers"),
    "customers.bulk.categorise": _("Categories of many customers changed"),
    "customers.bulk.status": _("Status of many customers changed"),
    "customers.bulk.verify": _("E-mails of many customers marked as verified"),
    "customers.bulk.undone": _("Bulk action undone"),
    "customers.bulk.trash": _("Many customers moved to the trash"),
    "customers.bulk.restore": _("Many customers taken out of the trash"),
    "customers.consent.recorded": _("Consent written down"),
    "customers.policy.edited": _("Draft of the privacy policy written"),
    "customers.policy.discarded": _("Draft of the privacy policy discarded"),
    "customers.policy.published": _("Privacy policy published"),
    "customers.suppression.added": _("Address blocked"),
    "customers.suppression.removed": _("Address unblocked"),
    "customers.activity_kind.saved": _("Kind of activity saved"),
    "customers.activity_kind.enabled": _("Kind of activity switched on"),
    "customers.activity_kind.disabled": _("Kind of activity switched off"),
    "customers.exported": _("Customers exported"),
    "customers.import.apply_started": _("Import started"),
    "customers.import.applied": _("Import applied"),
    "customers.import.undo_started": _("Undo of an import started"),
    "customers.import.undone": _("Import undone"),
}


def _customers(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(name, reverse("customers:record", args=[public_id]))
        for pk, public_id, name in customers_named(ids)
    }


def _customers_found(text: str, limit: int) -> list[int]:
    """Nobody for a search that names nobody, as one of wildcards alone."""
    try:
        return [one.pk for one in customers_found(text, limit)] if parse_search(text) else []
    except DomainError:
        return []


def _customer_value(name: str, value: Any) -> tuple[str, str]:
    return field_labels().get(name, name), value_text(name, value)


def _users(ids: Iterable[int]) -> dict[int, Subject]:
    return {pk: Subject(name) for pk, name in users_named(ids)}


def _tags(ids: Iterable[int]) -> dict[int, Subject]:
    return {pk: Subject(name, reverse("customers:tags")) for pk, name in tags_named(ids)}


def _categories(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(name, reverse("customers:categories")) for pk, name in categories_named(ids)
    }


def _codes(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(name, reverse("customers:code", args=[pk])) for pk, name in codes_named(ids)
    }


def _custom_fields(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(label, reverse("customers:custom_field_edit", args=[pk]))
        for pk, label in custom_fields_named(ids)
    }


def _policies(ids: Iterable[int]) -> dict[int, Subject]:
    """A draft has no page of its own."""
    return {pk: Subject(name, reverse("customers:policies")) for pk, name in policies_named(ids)}


def _requests(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(number, reverse("customers:request", args=[public_id]))
        for pk, public_id, number in requests_named(ids)
    }


def _mappings(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(name, reverse("imports:mapping", args=[public_id]))
        for pk, public_id, name in mappings_named(ids)
    }


def _roles(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(label, reverse("staff:role", args=[key])) for pk, key, label in roles_named(ids)
    }


def _role_value(name: str, value: Any) -> tuple[str, str]:
    box = abilities.boxes().get(name)
    if box is None:
        return (gettext("Name"), str(value)) if name == "name" else (name, str(value))
    return box.label, gettext("yes") if value else gettext("no")


def _batches(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        pk: Subject(name, reverse("imports:detail", args=[public_id]))
        for pk, public_id, name in batches_named(ids)
    }


def register_all() -> None:
    audit.describe_actions(
        {f"customers.customer.{name}": text for name, text in CUSTOMERS.items()} | OTHERS
    )
    kinds = {
        "customer": SubjectKind(
            label=_("Customer"), load=_customers, find=_customers_found, value=_customer_value
        ),
        "user": SubjectKind(label=_("Log-in"), load=_users),
        "tag": SubjectKind(label=_("Tag"), load=_tags),
        "category": SubjectKind(label=_("Category"), load=_categories),
        "registrationcode": SubjectKind(label=_("Registration code"), load=_codes),
        "customfield": SubjectKind(label=_("Custom field"), load=_custom_fields),
        "staffrole": SubjectKind(label=_("Role"), load=_roles, value=_role_value),
        "ownactivitykind": SubjectKind(label=_("Kind of activity")),
        "policyversion": SubjectKind(label=_("Privacy policy"), load=_policies),
        "privacyrequest": SubjectKind(label=_("Privacy request"), load=_requests),
        "recordrules": SubjectKind(label=_("Rules of the records")),
        "suppression": SubjectKind(label=_("Blocked address")),
        "importmapping": SubjectKind(label=_("Saved mapping"), load=_mappings),
        "importbatch": SubjectKind(label=_("Import"), load=_batches),
    }
    for name, kind in kinds.items():
        audit.subjects.register(f"customers.{name}", kind)
