"""What an owner does for colleagues: invite, let in again, end sessions, reset a second factor."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import AccountMailRequested
from customers.models import User
from customers.roles import OWNER
from customers.rules.emails import clean_email
from customers.services.second_factor import factor_remove
from customers.services.sessions import session_end, session_end_all
from customers.services.staff_guards import (
    newcomer_lock,
    refuse_above,
    refuse_last_owner,
    refuse_oneself,
    role_of,
    role_to_give,
    staff_lock,
)
from customers.sessions import BACKOFFICE

CHANGE = "customers.change_user"


@transaction.atomic
def staff_invite(
    *, email: str, name: str, role: str, by: User, request: HttpRequest | None = None
) -> User:
    """Make a member of staff who sets the password by a mailed link, good once and for a day.

    A customer's log-in with this address becomes one too; its old password opens nothing any more.

    :raises DomainError: a wrong e-mail, an unknown role, a role above one's own, or an address that
        is staff already.
    """
    address = clean_email(email)
    by, user = newcomer_lock(by=by, address=address, permission="customers.add_user")
    given = role_to_give(by, role)
    user = user or User(email=address, language=settings.SITE_LANGUAGE)
    user.name, user.is_staff, user.is_active = name.strip() or user.name, True, True
    user.set_unusable_password()
    user.save()
    user.groups.set([given.group])
    session_end_all(user=user)
    emit(AccountMailRequested(kind="staff_invitation", user_id=user.pk))
    audit.record(
        "customers.staff.invited",
        actor=by,
        subject=user,
        after={"email": user.email, "name": user.name},
        data={"role": role},
        request=request,
    )
    return user


@transaction.atomic
def staff_invite_again(*, user: User, by: User, request: HttpRequest | None = None) -> None:
    """Mail a fresh link to somebody who has not set a password yet.

    :raises DomainError: this person came in already, or is deactivated.
    """
    by, user = staff_lock(by=by, user=user, permission=CHANGE)
    if user.has_usable_password() or not user.is_active:
        raise DomainError("not_invited", _("There is no open invitation for this person."))
    refuse_above(by, user)
    emit(AccountMailRequested(kind="staff_invitation", user_id=user.pk))
    audit.record("customers.staff.invited_again", actor=by, subject=user, request=request)


@transaction.atomic
def staff_reactivate(*, user: User, by: User, request: HttpRequest | None = None) -> None:
    """Let a deactivated member of staff in again, with the role they had.

    :raises DomainError: a person above oneself.
    """
    by, user = staff_lock(by=by, user=user, permission=CHANGE)
    refuse_above(by, user)
    if user.is_staff and not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record("customers.staff.reactivated", actor=by, subject=user, request=request)


@transaction.atomic
def staff_factor_reset(*, user: User, by: User, request: HttpRequest | None = None) -> None:
    """Remove a lost second factor and end all sessions; the next log-in sets up a new one.

    :raises DomainError: oneself, a person above oneself, or the last owner who has one.
    """
    by, user = staff_lock(by=by, user=user, permission=CHANGE)
    refuse_oneself(by, user)
    refuse_above(by, user)
    if role_of(user) == OWNER:
        refuse_last_owner(user)
    factor_remove(user=user, by=by)
    session_end_all(user=user, scope=BACKOFFICE)
    audit.record("customers.staff.factor_reset", actor=by, subject=user, request=request)


@transaction.atomic
def staff_sessions_end(
    *, user: User, by: User, handle: str = "", request: HttpRequest | None = None
) -> int:
    """End one session of a colleague in the back office, or all of them; returns how many.

    :raises DomainError: a person above oneself.
    """
    by, user = staff_lock(by=by, user=user, permission=CHANGE)
    refuse_above(by, user)
    if handle:
        ended = int(session_end(user=user, session_id=handle, scope=BACKOFFICE))
    else:
        ended = session_end_all(user=user, scope=BACKOFFICE)
    if ended:
        audit.record(
            "customers.staff.sessions_ended",
            actor=by,
            subject=user,
            data={"sessions": ended},
            request=request,
        )
    return ended
