"""The password back end: users are found by the identity key of their address."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from customers.identity import email_key
from customers.models import User


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
        user = User.objects.filter(email_key=email_key(username)).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
