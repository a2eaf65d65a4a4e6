"""Log-ins of staff: who they are, their role, and the way into the back office.

1. The password (``staff_password_check``), counted per account and per place.
2. The session gets a new key and remembers who waits (``staff_wait``); nobody is logged in yet.
3. The second factor, or setting one up where it is required.
4. Another new key, and ``staff_verified`` (``staff_enter``): only now is there a user.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.attempts import (
    STAFF_CODE,
    STAFF_LOGIN,
    LoginAttempt,
    login_attempt_begin,
    login_attempts_forget,
)
from customers.limits import account_key, refuse_too_many
from customers.models import LoginAlert, User
from customers.roles import OWNER
from customers.rules.emails import clean_email
from customers.selectors.factors import factor_exists
from customers.selectors.login_alerts import is_device_token, known_device
from customers.services.accounts import login_note_failure, login_wrong
from customers.services.login_alerts import (
    device_token_new,
    login_alert_here,
    login_device_note,
)
from customers.services.passkeys import PROOF, passkey_check
from customers.services.passwords import refuse_weak_password
from customers.services.second_factor import factor_check
from customers.services.sessions import session_close, session_end_all, session_open
from customers.services.staff_guards import (
    free_of_staff,
    newcomer_lock,
    refuse_above,
    refuse_last_owner,
    refuse_oneself,
    role_of,
    role_to_give,
    staff_lock,
)

DEVICE_COOKIE = "clientela_device"
WAITING = "staff_waiting"
WAIT_SECONDS = 15 * 60
PROVED_AT = "proved_at"
PROOF_SECONDS = 15 * 60


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody whose password was right and whose second factor is still due."""

    user: User
    next: str


@transaction.atomic
def staff_create(
    *,
    email: str,
    password: str,
    role: str,
    name: str,
    language: str = "",
    by: User | None = None,
    request: HttpRequest | None = None,
) -> User:
    """Make a member of staff; a customer's log-in with this address becomes one too.

    :raises DomainError: a wrong e-mail, a weak password, an unknown role, a role above one's own,
        or an address that is staff already.
    """
    address = clean_email(email)
    if by is None:
        user = free_of_staff(address)
    else:
        by, user = newcomer_lock(by=by, address=address, permission="customers.add_user")
    given = role_to_give(by, role)
    user = user or User(email=address)
    user.name, user.is_staff, user.is_active = name.strip(), True, True
    user.language = language or settings.SITE_LANGUAGE
    refuse_weak_password(password, user)
    user.set_password(password)
    user.password_changed_at = clock.now()
    user.save()
    user.groups.set([given.group])
    session_end_all(user=user)
    audit.record(
        "customers.staff.created",
        actor=by or user,
        subject=user,
        after={"email": user.email, "name": user.name},
        data={"role": role},
        request=request,
    )
    return user


@transaction.atomic
def staff_role_set(*, user: User, role: str, by: User, request: HttpRequest | None = None) -> None:
    """Give another role; the person's sessions end, so that no old right lives on.

    :raises DomainError: ``by_gone``, oneself, above one's own role, a person above oneself, or the
        last owner.
    """
    by, user = staff_lock(by=by, user=user, permission="customers.change_user")
    refuse_oneself(by, user)
    refuse_above(by, user)
    given = role_to_give(by, role)
    before = role_of(user)
    if before == OWNER and role != OWNER:
        refuse_last_owner(user)
    user.groups.set([given.group])
    session_end_all(user=user, scope="backoffice")
    audit.record(
        "customers.staff.role_changed",
        actor=by,
        subject=user,
        data={"before": before, "after": role},
        request=request,
    )


@transaction.atomic
def staff_deactivate(*, user: User, by: User, request: HttpRequest | None = None) -> None:
    """Lock a member of staff out at once.

    :raises DomainError: ``by_gone``, oneself, a person above oneself, or the last owner.
    """
    by, user = staff_lock(by=by, user=user, permission="customers.change_user")
    refuse_oneself(by, user)
    refuse_above(by, user)
    if role_of(user) == OWNER:
        refuse_last_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    session_end_all(user=user)
    audit.record("customers.staff.deactivated", actor=by, subject=user, request=request)


def staff_password_check(*, request: HttpRequest, address: str, password: str) -> User:
    """
    :raises DomainError: ``too_many``, or ``login_wrong`` for all that is wrong.
    """
    subject = account_key(address)
    device = known_device(address=address, token=request.COOKIES.get(DEVICE_COOKIE, ""))
    attempt = login_attempt_begin(
        scope=STAFF_LOGIN, subject=subject, request=request, device=device
    )
    user = authenticate(request, username=address, password=password)
    if not isinstance(user, User) or not user.is_staff:
        login_note_failure(request=request, address=address, scope="backoffice", attempt=attempt)
        raise login_wrong()
    login_attempts_forget(scope=STAFF_LOGIN, subject=attempt.subject)
    return user


def staff_wait(*, request: HttpRequest, user: User, target: str) -> None:
    """Remember in a fresh session that this person still owes the second factor."""
    request.session.flush()
    request.session[WAITING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(clock.now().timestamp()),
        "next": target,
    }


def staff_waiting(request: HttpRequest) -> Waiting | None:
    """Who waits in this session, unless it took too long or their password changed meanwhile."""
    held = request.session.get(WAITING)
    if not held or clock.now().timestamp() - held["at"] > WAIT_SECONDS:
        return None
    user = User.objects.filter(pk=held["user"], is_staff=True, is_active=True).first()
    if user is None or not constant_time_compare(held["hash"], user.get_session_auth_hash()):
        return None
    return Waiting(user=user, next=held["next"])


def staff_factor_check(*, request: HttpRequest, user: User, code: str) -> None:
    """
    :raises DomainError: ``too_many``, ``code_wrong``.
    """
    subject = f"user:{user.pk}"
    attempt = login_attempt_begin(scope=STAFF_CODE, subject=subject, request=request)
    try:
        factor_check(user=user, code=code)
    except DomainError:
        _note_wrong_code(request, user, attempt)
        raise
    login_attempts_forget(scope=STAFF_CODE, subject=subject)


@transaction.atomic
def _note_wrong_code(request: HttpRequest, user: User, attempt: LoginAttempt) -> None:
    """Who tries codes knows the password: the owner should hear of it."""
    audit.record("customers.staff.code_failed", subject=user, request=request, origin="login")
    if attempt.locks:
        login_alert_here(user=user, kind=LoginAlert.Kind.CODES, request=request)


def staff_needs(user: User) -> str:
    """What comes after the password: ``code``, ``setup``, or empty for nothing."""
    if factor_exists(user=user):
        return "code"
    return "setup" if settings.STAFF_SECOND_FACTOR_REQUIRED else ""


@transaction.atomic
def staff_enter(*, request: HttpRequest, user: User) -> str:
    """The last step of the log-in: under yet another key, the session opens the back office.

    Returns what the cookie of this browser is to hold from now on.
    """
    request.session.pop(WAITING, None)
    held = request.COOKIES.get(DEVICE_COOKIE, "")
    device = held if is_device_token(held) else device_token_new()
    is_first = user.last_login is None
    login_device_note(user=user, token=device, is_first=is_first, request=request)
    session_open(request=request, user=user)
    request.session["staff_verified"] = True
    request.session[PROVED_AT] = int(clock.now().timestamp())
    audit.record(
        "customers.staff.logged_in", actor=user, subject=user, request=request, origin="login"
    )
    return device


def staff_proved_lately(request: HttpRequest) -> bool:
    """Whether this session gave a password or a code within the last 15 minutes."""
    age = clock.now().timestamp() - request.session.get(PROVED_AT, 0)
    return bool(age < PROOF_SECONDS)


def staff_prove(*, request: HttpRequest, user: User, proof: str) -> None:
    """Accept the present password, or a code of the second factor where there is one.

    :raises DomainError: ``too_many``, ``proof_wrong``.
    """
    refuse_too_many("staff-proof", f"user:{user.pk}", request)
    by = "password" if user.check_password(proof) else "code"
    try:
        if by == "code":
            factor_check(user=user, code=proof)
    except DomainError:
        audit.record("customers.staff.proof_failed", actor=user, subject=user, request=request)
        raise DomainError(
            "proof_wrong", _("This is neither your password nor a valid code."), field="proof"
        ) from None
    audit.record(
        "customers.staff.proved", actor=user, subject=user, data={"by": by}, request=request
    )
    request.session[PROVED_AT] = int(clock.now().timestamp())


def staff_prove_by_passkey(*, request: HttpRequest, user: User, answer: str) -> None:
    """Accept the answer of one of this person's passkeys.

    :raises DomainError: ``too_many``, ``passkey_wrong``.
    """
    passkey_check(request=request, purpose=PROOF, answer=answer, user=user)
    audit.record(
        "customers.staff.proved", actor=user, subject=user, data={"by": "passkey"}, request=request
    )
    request.session[PROVED_AT] = int(clock.now().timestamp())


@transaction.atomic
def staff_logout(*, request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, User):
        audit.record("customers.staff.logged_out", actor=user, subject=user, request=request)
    session_close(request=request)
