"""How records behave in this business."""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from customers.models import RecordRules, User
from customers.selectors.completeness import countable

MOST_DAYS = 90


@transaction.atomic
def record_rules_set(
    *,
    lock_mode: str | None = None,
    expected: Iterable[str] | None = None,
    ask_days: int | None = None,
    offers_sharing: bool | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Set what is given; False when nothing changed.

    :raises DomainError: a mode, a field or a number of days that is not there.
    """
    rules, _is_new = RecordRules.objects.select_for_update().get_or_create(pk=1)
    wanted = {
        "lock_mode": lock_mode,
        "expected": None if expected is None else list(dict.fromkeys(expected)),
        "ask_days": ask_days,
        "offers_sharing": offers_sharing,
    }
    _refuse(wanted["lock_mode"], wanted["expected"], ask_days)
    changed = {
        name: [getattr(rules, name), value]
        for name, value in wanted.items()
        if value is not None and value != getattr(rules, name)
    }
    if not changed:
        return False
    for name, (_before, after) in changed.items():
        setattr(rules, name, after)
    rules.save()
    audit.record(
        "customers.record_rules.changed", actor=by, subject=rules, data=changed, request=request
    )
    return True


def _refuse(lock_mode: object, expected: object, ask_days: int | None) -> None:
    if lock_mode is not None and lock_mode not in RecordRules.LockMode.values:
        raise DomainError("mode_unknown", _("Choose one of the two."), field="lock_mode")
    if isinstance(expected, list) and not set(expected) <= countable().keys():
        raise DomainError("field_unknown", _("One of the fields is not there."), field="expected")
    if ask_days is not None and not 1 <= ask_days <= MOST_DAYS:
        raise DomainError("days_wrong", _("Between 1 and 90 days."), field="ask_days")
