"""The password back end: users are found by the identity key of their address."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from customers.identity import email_key
from customers.models import CustomerEmail, User


class EmailBackend(ModelBackend):
    """E-mail and password. An unknown address costs the same time as a known one."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        user = _login_of(email_key(username))
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None


def _login_of(key: str) -> User | None:
    """The log-in of an address. That of a merged record is shut: its address opens the other one,
    once it is verified. Both are always looked up, so that no address is told by what it costs.
    """
    user = User.objects.filter(email_key=key).first()
    held = (
        CustomerEmail.objects.filter(address_key=key, verified_at__isnull=False, is_primary=False)
        .select_related("customer__user")
        .first()
    )
    is_open = user is not None and (user.is_active or user.is_staff)
    if is_open or held is None or not held.customer.is_live:
        return user
    return held.customer.user
