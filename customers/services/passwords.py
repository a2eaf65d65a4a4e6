"""Links that set a password: signed, used once, good for a day, and made only when mailed."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.models import Customer, User
from customers.rules.statuses import may_use_password_link
from customers.selectors.accounts import customer_of

Owner = User | Customer


class _LinkTokens(PasswordResetTokenGenerator):
    """A token dies when the password is set, the address changes or the person logs in."""

    key_salt = "customers.password_link"

    def _make_hash_value(self, owner: Owner, timestamp: int) -> str:
        if isinstance(owner, User):
            seen = owner.last_login.replace(microsecond=0, tzinfo=None) if owner.last_login else ""
            return f"user:{owner.pk}:{owner.password}:{seen}:{timestamp}:{owner.email_key}"
        return f"customer:{owner.pk}:{owner.user_id}:{timestamp}:{owner.email_key}"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


tokens = _LinkTokens()


@dataclass(frozen=True, kw_only=True)
class PasswordLink:
    """What the address of a link holds: whose it is, and the proof."""

    who: str
    token: str

    def owner(self, *, lock: bool = False) -> Owner:
        """Whose link this is; with ``lock`` the row is held until the transaction ends.

        :raises DomainError: the link is forged, too old, used, or its owner may not log in.
        """
        owner = _find(self.who, lock=lock)
        if owner is None or not _may_have_one(owner) or not tokens.check_token(owner, self.token):  # type: ignore[arg-type]
            raise DomainError("link_dead", _("This link was used already or is too old."))
        return owner


def password_link(owner: Owner) -> str:
    """The absolute URL at which this person sets their password, good once and for a day.

    A member of staff is led to the back office, where the log-in with its second factor follows.
    """
    if isinstance(owner, Customer) and owner.user is not None:
        owner = owner.user
    is_staff = isinstance(owner, User) and owner.is_staff
    place = "staff:password_set" if is_staff else "account:password_set"
    path = reverse(place, kwargs={"who": _who(owner), "token": tokens.make_token(owner)})  # type: ignore[arg-type]
    return f"{settings.SITE_URL}{path}"


def refuse_weak_password(password: str, user: User) -> None:
    """
    :raises DomainError: too short, too common, only digits, or like the person's name or address.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError("password_weak", " ".join(error.messages), field="password") from None


def _who(owner: Owner) -> str:
    if isinstance(owner, User):
        return f"u{int_to_base36(owner.pk)}"
    return f"c{owner.public_id.hex}"


def _find(who: str, *, lock: bool) -> Owner | None:
    if who.startswith("u"):
        users = User.objects.select_for_update() if lock else User.objects.all()
        try:
            return users.filter(pk=base36_to_int(who[1:])).first()
        except ValueError:
            return None
    customers = Customer.objects.select_for_update() if lock else Customer.objects.all()
    try:
        return customers.live().filter(public_id=who[1:]).first()
    except ValidationError:
        return None


def _may_have_one(owner: Owner) -> bool:
    if isinstance(owner, User):
        customer = None if owner.is_staff else customer_of(owner)
        return owner.is_active and (customer is None or may_use_password_link(customer.state))
    return owner.user_id is None and may_use_password_link(owner.state) and bool(owner.email)
