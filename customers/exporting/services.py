"""Asking for an export: a job with a file whose link expires, and an audit entry."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.exporting.resources import FORMATS
from customers.models import Customer
from customers.registry import list_filters

EXPORT = "customers.export"


@transaction.atomic
def export_start(
    *,
    by: AbstractBaseUser | None,
    selection: dict[str, Any],
    kind: str = "csv",
    bom: bool = False,
    sensitive: bool = True,
) -> Job:
    """Start writing the selected customers to a file; who asked for what is in the audit trail.

    ``selection`` are the params of a ``Selection`` of the customers list.
    """
    if kind not in FORMATS:
        raise DomainError("format_unknown", _("There is no such format."), field="kind")
    params = {"selection": selection, "kind": kind, "bom": bom, "sensitive": sensitive}
    return job_start(kind=EXPORT, params=params, by=by, title=_("Export customers"))


def export_record(*, by: AbstractBaseUser | None, rows: int, data: dict[str, Any]) -> None:
    """Write down that customers left the system: who, which filter, how many."""
    audit.record("customers.exported", actor=by, data={**data, "rows": rows})


def customers_of_target(slug: str) -> Any:
    """The members of a target, through the filter that the app of targets plugs into the list.

    :raises DomainError: no targets here, or none of this name.
    """
    plugged = list_filters.get("target")
    if plugged is None:
        raise DomainError("targets_missing", _("There are no targets in this installation."))
    try:
        value = plugged.field().clean(slug)
    except ValidationError as cause:
        raise _no_target(slug) from cause
    if not value:
        raise _no_target(slug)
    return plugged.apply(Customer.objects.live(), value)


def _no_target(slug: str) -> DomainError:
    return DomainError(
        "target_unknown",
        _("There is no target called “%(slug)s”.") % {"slug": slug},
        field="target",
    )
