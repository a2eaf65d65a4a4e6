"""That somebody came by a code is kept once, and leads in no circle."""

from typing import Final

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import CodeUse, Customer, RegistrationCode, User
from customers.rules.registration_codes import clean_code
from customers.selectors.codes import code_of, is_open, is_used_up
from customers.services.activity import activity_record
from customers.services.categories import category_give
from customers.services.sessions import request_marks
from customers.services.trail import leave_trail

# The trigger that refuses circles takes it too; whoever joins records does as well.
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('customers_codeuse'))"


@transaction.atomic
def code_use_record(
    *,
    customer: Customer,
    text: str,
    source: str,
    by: User | None = None,
    request: HttpRequest | None = None,
    field: str = "code",
) -> CodeUse:
    """Keep that this person came by the code, once and for good, and give what it gives.

    :raises DomainError: no such code; it ended or is used up; it is the person's own; they came by
        one already; they brought, directly or not, whose code it is.
    """
    code = code_of(clean_code(text, field))
    if code is None:
        raise DomainError("code_unknown", _("There is no such code."), field=field)
    Customer.objects.select_for_update().filter(pk=customer.pk).values("pk").first()
    if code.customer_id is not None:
        circles_lock()
    held = RegistrationCode.objects.select_for_update(of=("self",))
    code = held.select_related("customer", "category").get(pk=code.pk)
    _refuse(customer, code, field)
    use = CodeUse(customer=customer, code=code, source=source)
    try:
        with transaction.atomic():
            use.save(force_insert=True)
    except IntegrityError as cause:
        raise _refusal_of(cause, field) from cause
    _leave_trail(use, by, request)
    if code.category is not None and not code.category.is_filled:
        category_give(customer=customer, category=code.category, by=by, request=request)
    return use


def circles_lock() -> None:
    """Nobody else joins people by codes until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def _refuse(customer: Customer, code: RegistrationCode, field: str) -> None:
    if code.customer_id == customer.pk:
        raise DomainError("code_is_own", _("This is the person's own code."), field=field)
    if not is_open(code):
        raise DomainError("code_ended", _("This code is not in use any more."), field=field)
    if is_used_up(code):
        raise DomainError(
            "code_used_up", _("As many people as may have come by this code."), field=field
        )


def _refusal_of(cause: IntegrityError, field: str) -> DomainError:
    if "customers_codeuse_leads_in_no_circle" in str(cause) or "nobody comes by" in str(cause):
        return DomainError(
            "code_in_circle",
            _("This person brought, directly or through others, whose code it is."),
            field=field,
        )
    return DomainError(
        "code_named_already", _("It is kept already by which code this person came."), field=field
    )


def _leave_trail(use: CodeUse, by: User | None, request: HttpRequest | None) -> None:
    """On the timeline of the person, and of whom the code belongs to."""
    code = use.code
    leave_trail(
        use.customer,
        "came_by_code",
        by=by,
        request=request,
        data={"code": code.code},
        kind="came_by_code",
        activity={"code": code.code},
        thing=("code", code.pk),
    )
    if code.customer_id is not None:
        activity_record(
            customer_id=code.customer_id,
            kind="brought_somebody",
            actor_id=by.pk if by else None,
            origin=use.source,
            object_kind="customer",
            object_id=use.customer_id,
            data={"code": code.code},
            **(request_marks(request) if by and request else {}),
        )


@transaction.atomic
def code_use_take_back(*, customer: Customer, by: User, request: HttpRequest | None = None) -> bool:
    """Staff wrote down a wrong code: as if the person had named none; False when there is none."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    use = CodeUse.objects.filter(customer=held).select_related("code").first()
    if use is None:
        return False
    code = use.code.code
    use.delete()
    leave_trail(
        held,
        "code_taken_back",
        by=by,
        request=request,
        data={"code": code},
        kind="code_taken_back",
        activity={"code": code},
    )
    return True
