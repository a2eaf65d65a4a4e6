"""Log-ins of customers on the storefront. What they answer never tells who has an account."""

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.attempts import (
    STOREFRONT_LOGIN,
    LoginAttempt,
    address_attempts_forget,
    login_attempt_begin,
    login_attempts_forget,
)
from customers.events import (
    AccountMailRequested,
    CustomerUpdated,
    LoginFailed,
    PasswordLinkAsked,
)
from customers.limits import LINKS, account_key, links_give_back, refuse_too_many
from customers.models import Customer, LoginAlert, User
from customers.rules.statuses import may_get_password_link, may_know_why_not, may_log_in
from customers.selectors.accounts import customer_of
from customers.services.activity import activity_record
from customers.services.code_uses import code_use_record
from customers.services.login_alerts import login_alert_here
from customers.services.passwords import (
    Owner,
    PasswordLink,
    password_link,
    refuse_weak_password,
)
from customers.services.sessions import (
    request_marks,
    session_close,
    session_end_all,
    session_open,
    user_agent,
)
from customers.services.verification import email_mark_verified

__all__ = ["PasswordLink", "password_link"]


def account_login(*, request: HttpRequest, address: str, password: str) -> User:
    """Log a customer in on the storefront.

    :raises DomainError: ``too_many``; ``login_wrong`` for whatever is wrong with address or
        password; after the right password also ``login_inactive`` and ``login_staff_only``.
    """
    subject = account_key(address)
    attempt = login_attempt_begin(scope=STOREFRONT_LOGIN, subject=subject, request=request)
    user = authenticate(request, username=address, password=password)
    customer = customer_of(user) if isinstance(user, User) else None
    if not isinstance(user, User) or user.is_password_over or _is_closed(user, customer):
        login_note_failure(request=request, address=address, scope="storefront", attempt=attempt)
        raise login_wrong()
    login_attempts_forget(scope=STOREFRONT_LOGIN, subject=subject)
    if customer is None:
        raise DomainError(
            "login_staff_only", _("This log-in is for the team. It has no account in the shop.")
        )
    if not may_log_in(customer.state):
        raise DomainError(
            "login_inactive", _("Your account is paused. Contact us to use it again.")
        )
    account_enter(request=request, user=user, customer=customer)
    return user


def account_enter_by_link(*, request: HttpRequest, user: User) -> bool:
    """Log in who just set a password by a link; False when they may not log in."""
    customer = customer_of(user)
    if user.is_staff or customer is None or not may_log_in(customer.state):
        return False
    account_enter(request=request, user=user, customer=customer)
    return True


@transaction.atomic
def account_enter(*, request: HttpRequest, user: User, customer: Customer) -> None:
    """Open the storefront session of a person who has proved who they are."""
    session_open(request=request, user=user)
    Customer.objects.filter(pk=customer.pk).update(
        last_login_at=clock.now(), login_count=F("login_count") + 1
    )
    _note(customer, "login", request, user)


@transaction.atomic
def account_logout(*, request: HttpRequest) -> None:
    user = request.user
    customer = customer_of(user) if isinstance(user, User) else None
    if customer is not None and isinstance(user, User):
        _note(customer, "logout", request, user)
    session_close(request=request)


def login_wrong() -> DomainError:
    """One sentence for an unknown address, a wrong password and a closed account."""
    return DomainError("login_wrong", _("The e-mail or the password is wrong."))


@transaction.atomic
def login_note_failure(
    *, request: HttpRequest, address: str, scope: str, attempt: LoginAttempt
) -> None:
    """The same write for every address; the handler finds out whether somebody is meant."""
    marks = request_marks(request)
    emit(
        LoginFailed(
            address=address[:254],
            at=clock.now().isoformat(),
            scope=scope,
            ip=marks["ip"],
            device=marks["device"],
            agent=user_agent(request),
            locks=attempt.locks,
        )
    )


def password_link_ask(*, request: HttpRequest, address: str) -> None:
    """Somebody forgot a password, or never had one. Does the same for every address.

    :raises DomainError: ``too_many``.
    """
    refuse_too_many(LINKS, account_key(address), request)
    with transaction.atomic():
        emit(PasswordLinkAsked(address=address[:254]))


@transaction.atomic
def password_link_request(
    *, customer: Customer, by: User | None, request: HttpRequest | None = None
) -> None:
    """Mail this person the link that sets their (first) password.

    :raises DomainError: they have no e-mail, or may not log in.
    """
    user = customer.user
    if not (user.email if user else customer.email):
        raise DomainError(
            "no_email", _("This person has no e-mail to send the link to."), field="email"
        )
    is_closed = user is not None and not user.is_active
    if is_closed or not may_get_password_link(customer.state):
        raise DomainError("login_closed", _("This person may not log in."))
    emit(
        AccountMailRequested(
            kind="password_link", user_id=user.pk if user else None, customer_id=customer.pk
        )
    )
    if by is not None:
        audit.record(
            "customers.customer.password_link_sent", actor=by, subject=customer, request=request
        )


@transaction.atomic
def login_unlock(*, customer: Customer, by: User, request: HttpRequest) -> bool:
    """Let a person try to log in again before the time of too many attempts is over."""
    if not customer.email:
        return False
    # Both, whatever the first one answers.
    opened = [address_attempts_forget(address=customer.email), links_give_back(customer.email)]
    if not any(opened):
        return False
    audit.record("customers.customer.login_unlocked", actor=by, subject=customer, request=request)
    return True


@transaction.atomic
def password_set(
    *, link: PasswordLink, password: str, request: HttpRequest, name: str = "", code: str = ""
) -> User:
    """Use a link: set the password, prove the e-mail, end every open session of this log-in.

    ``name``: how somebody who was invited wants to be called. ``code``: by which a customer came
    who opens an account.

    :raises DomainError: ``link_dead``, ``password_weak``, what ``code_use_record`` refuses.
    """
    owner = link.owner(lock=True)
    user = owner if isinstance(owner, User) else first_user(owner)
    is_first = not user.has_usable_password()
    if is_first and name.strip():
        user.name = name.strip()
    refuse_weak_password(password, user)
    user.set_password(password)
    user.password_changed_at, user.password_expires_at = clock.now(), None
    user.save()
    session_end_all(user=user)
    address_attempts_forget(address=user.email)
    customer = _linked_customer(user, owner)
    if customer is not None:
        _verify(customer, user, request)
        _note(customer, "registered" if is_first else "password_reset", request, user)
        if is_first and code:
            code_use_record(customer=customer, text=code, source="storefront", request=request)
        emit(CustomerUpdated(customer_id=customer.pk))
    audit.record(
        "customers.user.password_set", actor=user, subject=user, request=request, origin="link"
    )
    if not is_first:
        login_alert_here(user=user, kind=LoginAlert.Kind.PASSWORD, request=request)
    return user


@transaction.atomic
def password_change(*, request: HttpRequest, user: User, current: str, password: str) -> None:
    """A person changes their own password; their other sessions end, this one goes on.

    :raises DomainError: ``too_many``, ``password_wrong``, ``password_same``, ``password_weak``.
    """
    password_confirm(request=request, user=user, password=current, field="current")
    if user.must_change_password and user.check_password(password):
        raise DomainError(
            "password_same", _("Choose another one than the temporary password."), field="password"
        )
    refuse_weak_password(password, user)
    user.set_password(password)
    user.password_changed_at, user.password_expires_at = clock.now(), None
    user.save()
    session_end_all(user=user, except_key=request.session.session_key)
    session_refresh(request=request, user=user)
    customer = customer_of(user)
    if customer is not None:
        _note(customer, "password_reset", request, user)
    audit.record("customers.user.password_changed", actor=user, subject=user, request=request)
    login_alert_here(user=user, kind=LoginAlert.Kind.PASSWORD, request=request)


def session_refresh(*, request: HttpRequest, user: User) -> None:
    """A new key for this session that knows the new password."""
    request.session.cycle_key()
    request.session["_auth_user_hash"] = user.get_session_auth_hash()


def password_confirm(
    *, request: HttpRequest, user: User, password: str, field: str = "password"
) -> None:
    """Ask for the present password again before something weighty.

    :raises DomainError: ``too_many``, ``password_wrong``.
    """
    refuse_too_many("password", f"user:{user.pk}", request)
    if not user.check_password(password):
        if user.is_staff:
            audit.record("customers.staff.proof_failed", actor=user, subject=user, request=request)
        raise DomainError("password_wrong", _("This is not your present password."), field=field)


def _is_closed(user: User, customer: Customer | None) -> bool:
    """A customer whose record is gone or disabled is not told more than a stranger."""
    if customer is None:
        return not user.is_staff
    return not (may_log_in(customer.state) or may_know_why_not(customer.state))


def first_user(customer: Customer) -> User:
    """The log-in of a person who had none, or the one that already has this address."""
    held = User.objects.select_for_update().filter(email_key=customer.email_key).first()
    if held is not None:
        if not held.is_active:
            raise DomainError("link_dead", _("This link was used already or is too old."))
        return held
    user = User(
        email=customer.email, name=customer.full_name[:150], language=customer.language or "es"
    )
    user.set_unusable_password()
    return user


def _linked_customer(user: User, owner: Owner) -> Customer | None:
    """The person's record, joined to the log-in now that the address is proved."""
    customer = owner if isinstance(owner, Customer) else customer_of(user)
    if customer is None:
        customer = (
            Customer.objects.live()
            .select_for_update()
            .filter(user=None, email_key=user.email_key)
            .first()
        )
    if customer is not None and customer.user_id is None:
        customer.user = user
        customer.save(update_fields=["user", "updated_at"])
    return customer


def _verify(customer: Customer, user: User, request: HttpRequest) -> None:
    if email_mark_verified(customer=customer, address_key=user.email_key):
        _note(customer, "verified", request, user)


def _note(customer: Customer, kind: str, request: HttpRequest, user: User) -> None:
    activity_record(
        customer_id=customer.pk,
        kind=kind,
        actor_id=user.pk,
        origin="storefront",
        **request_marks(request),
    )
