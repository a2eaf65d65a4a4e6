"""What the database refused, said for people."""

import json

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import Customer, CustomerEmail, ExternalId

EMAIL = "customers_customeremail_address_key_key"
LOGIN = "customers_user_email_key_key"
EXTERNAL_ID = "customers_external_id_leads_to_one_customer"
CUSTOM_VALUE = "customers_customvalue_unique_field_is_unique"
SAME_CUSTOM_VALUE = """
SELECT held.customer_id, field.key
FROM customers_customvalue AS held JOIN customers_customfield AS field ON field.id = held.field_id
WHERE field.is_unique AND held.unique_key = customers_fold(%s::jsonb ->> field.key)
    AND held.customer_id <> %s
LIMIT 1
"""


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was hurt."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or "")


def taken(holder: Customer | None, *, code: str, field: str) -> DomainError:
    """Another record has this value: the message names it, ``data`` leads to it."""
    if holder is None:
        return DomainError(code, _("Another record already has it."), field=field)
    return DomainError(
        code,
        _("It already belongs to %(name)s.") % {"name": str(holder)},
        field=field,
        data={"holder": str(holder.public_id), "holder_name": str(holder)},
    )


def email_holder(key: str, *, apart_from: Customer | None = None) -> Customer | None:
    """Who has this address, as the first one or as an alias."""
    found = CustomerEmail.objects.filter(address_key=key).select_related("customer")
    if apart_from is not None:
        found = found.exclude(customer=apart_from)
    row = found.first()
    return row.customer if row else None


def refuse_email(key: str, field: str, *, apart_from: Customer | None = None) -> DomainError:
    return taken(email_holder(key, apart_from=apart_from), code="email_taken", field=field)


def refusal_of(error: IntegrityError, customer: Customer) -> DomainError | IntegrityError:
    """The refusal that stands for the error; the error itself when no person caused it."""
    name = constraint_of(error)
    if name == EMAIL:
        held = customer if customer.pk else None
        return refuse_email(customer.email_key, "email", apart_from=held)
    if name == LOGIN:
        return DomainError(
            "login_taken", _("Another log-in already uses this address."), field="email"
        )
    if name == CUSTOM_VALUE:
        return _custom_value_taken(customer)
    return error


def _custom_value_taken(customer: Customer) -> DomainError:
    with connection.cursor() as cursor:
        cursor.execute(SAME_CUSTOM_VALUE, [json.dumps(customer.custom), customer.pk or 0])
        row = cursor.fetchone()
    if row is None:
        return DomainError("custom_value_taken", _("Another record already has this value."))
    holder = Customer.objects.filter(pk=row[0]).first()
    return taken(holder, code="custom_value_taken", field=f"custom.{row[1]}")


def external_id_holder(system: str, value: str) -> Customer | None:
    row = ExternalId.objects.filter(system=system, value=value).select_related("customer").first()
    return row.customer if row else None
