"""The one door from a request's id to a row; 404 for what is not there for staff."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from config.kit.backoffice.job_reading import job_of
from customers.models import (
    Address,
    BulkRun,
    Category,
    ConsentEvent,
    Customer,
    CustomerEmail,
    CustomerPhone,
    CustomField,
    DuplicatePair,
    EmailMove,
    Erasure,
    ExternalId,
    ImportBatch,
    ImportMapping,
    LegalHold,
    Merge,
    Note,
    OrderSync,
    OwnActivityKind,
    PolicyVersion,
    PrivacyRequest,
    RegistrationCode,
    StaffRole,
    Suppression,
    Tag,
    User,
)
from customers.selectors.customers import customers_listed
from customers.selectors.merges import family_ids, survivor_id
from customers.selectors.policies import PolicyOfLanguage, policy_in
from customers.selectors.requests import requests_listed, requests_of
from customers.selectors.staff import staff_listed


def customer_of(public_id: UUID) -> Customer:
    """A record, live or in the trash; for one that was merged, the one it went into."""
    return get_object_or_404(customers_listed().select_related("user"), pk=survivor_id(public_id))


def erased_of(public_id: UUID) -> Customer | None:
    """The empty record of a person who was erased, or of one who was merged into them."""
    found = survivor_id(public_id)
    if found is None:
        return None
    return Customer.objects.filter(pk=found, erased_at__isnull=False).first()


def note_of(customer: Customer, public_id: UUID) -> Note:
    """A note of this person that was not deleted."""
    notes = Note.objects.select_related("customer", "author").filter(deleted_at=None)
    return get_object_or_404(notes, customer=customer, public_id=public_id)


def order_sync_of(customer: Customer, pk: int) -> OrderSync:
    return get_object_or_404(OrderSync, customer=customer, pk=pk)


def tag_of(pk: int) -> Tag:
    return get_object_or_404(Tag, pk=pk)


def category_of(pk: int) -> Category:
    return get_object_or_404(Category, pk=pk)


def registration_code_of(pk: int) -> RegistrationCode:
    """A code of a shop, a campaign or a colleague; what people share is on their records."""
    return get_object_or_404(RegistrationCode, pk=pk, customer=None)


def activity_kind_of(pk: int) -> OwnActivityKind:
    return get_object_or_404(OwnActivityKind, pk=pk)


def custom_field_of(pk: int) -> CustomField:
    return get_object_or_404(CustomField, pk=pk)


def alias_of(customer: Customer, pk: int) -> CustomerEmail:
    return get_object_or_404(CustomerEmail, customer=customer, pk=pk)


def contact_point_of(
    customer: Customer, kind: str, pk: int
) -> CustomerPhone | ExternalId | Address:
    """A further ``phone``, an ``external`` id or an ``address`` of this person."""
    if kind == "phone":
        return get_object_or_404(CustomerPhone, customer=customer, pk=pk)
    if kind == "external":
        return get_object_or_404(ExternalId, customer=customer, pk=pk)
    return get_object_or_404(Address, customer=customer, pk=pk)


def import_of(public_id: UUID) -> ImportBatch:
    """An import with its job."""
    rows = ImportBatch.objects.select_related("job", "mapping")
    return get_object_or_404(rows, public_id=public_id)


def mapping_of(public_id: UUID) -> ImportMapping:
    """A saved mapping of imports."""
    return get_object_or_404(ImportMapping, public_id=public_id)


def staff_of(pk: int) -> User:
    """A member of staff, active or not, as the list of the staff shows them."""
    return get_object_or_404(staff_listed(), pk=pk)


def role_by_key(key: str) -> StaffRole:
    return get_object_or_404(StaffRole.objects.select_related("group"), key=key)


def pair_of(pk: int) -> DuplicatePair:
    """A pair of possible duplicates."""
    return get_object_or_404(DuplicatePair.objects.select_related("first", "second"), pk=pk)


def pair_between(one: Customer, other: Customer) -> DuplicatePair | None:
    """What makes these two look like one person, if something does."""
    return DuplicatePair.objects.filter(
        Q(first=one, second=other) | Q(first=other, second=one)
    ).first()


def merge_of(public_id: UUID) -> Merge:
    merges = Merge.objects.select_related(
        "survivor__merged_into", "loser", "merged_by", "undone_by"
    )
    return get_object_or_404(merges, public_id=public_id)


def bulk_run_of(user: User, job_id: UUID) -> BulkRun:
    """A bulk action whose job this member of staff may see."""
    job = job_of(user, job_id)
    return get_object_or_404(BulkRun.objects.select_related("job", "undo_job"), job=job)


def erasure_of(public_id: UUID) -> Erasure:
    erasures = Erasure.objects.select_related("customer", "requested_by", "cancelled_by")
    return get_object_or_404(erasures, public_id=public_id)


def request_of(public_id: UUID) -> PrivacyRequest:
    """A privacy request with its person and who has it."""
    return get_object_or_404(requests_listed(), public_id=public_id)


def own_request_of(customer: Customer, public_id: UUID) -> PrivacyRequest:
    """A request of this person, or of a record that was merged into theirs."""
    return get_object_or_404(requests_of(customer), public_id=public_id)


def hold_of(customer: Customer) -> LegalHold:
    """The legal hold that stands on a record."""
    return get_object_or_404(
        LegalHold.objects.select_related("customer"), customer=customer, lifted_at=None
    )


def policy_of(language: str) -> PolicyOfLanguage:
    """The privacy policy of one of the shop's languages."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return policy_in(language)


def policy_version_of(language: str, number: int) -> PolicyVersion:
    """A published version, the draft never."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    versions = PolicyVersion.objects.select_related("published_by")
    return get_object_or_404(versions, language=language, number=number)


def statement_of(customer: Customer, pk: int) -> ConsentEvent:
    """What this person said, or said under a record that was merged into theirs."""
    return get_object_or_404(ConsentEvent, pk=pk, customer__in=family_ids(customer))


def email_move_of(customer: Customer, public_id: UUID) -> EmailMove:
    """A change of this person's e-mail, whether it waits or is over."""
    moves = EmailMove.objects.select_related("customer", "asked_by")
    return get_object_or_404(moves, customer=customer, public_id=public_id)


def block_of(pk: int) -> Suppression:
    """A block of an address."""
    return get_object_or_404(Suppression, pk=pk)


def customer_by_address(address_key: str) -> Customer:
    """Whose first address this is."""
    return get_object_or_404(customers_listed(), email_key=address_key)
