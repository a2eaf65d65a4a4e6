"""Making, reading and revoking the tokens of programs."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.api.models import ApiToken
from config.kit.api.registry import scopes
from config.kit.errors import DomainError
from config.kit.net import client_ip

START = "clientela_"
SEEN_EVERY = timedelta(minutes=1)
NAME_LIMIT = 80
MOST_PER_MINUTE = 10_000


@transaction.atomic
def token_create(
    *,
    name: str,
    wanted: Iterable[str],
    by: Any,
    expires_at: datetime | None = None,
    per_minute: int = 600,
    request: HttpRequest | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; its text is returned this once and can never be read again.

    :raises DomainError: no name, no scope, one that the maker does not hold, or a past end.
    """
    chosen = sorted(set(wanted))
    _refuse(name, chosen, by, expires_at, per_minute)
    prefix = START + secrets.token_hex(4)
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        name=name.strip()[:NAME_LIMIT],
        prefix=prefix,
        digest=digest_of(text),
        scopes=chosen,
        per_minute=per_minute,
        created_by_id=by.pk,
        expires_at=expires_at,
    )
    audit.record(
        "api.token.created",
        actor=by,
        subject=token,
        data={"name": token.name, "scopes": chosen, "prefix": prefix, "expires_at": expires_at},
        request=request,
    )
    return token, text


def _refuse(
    name: str, chosen: list[str], by: Any, expires_at: datetime | None, per_minute: int
) -> None:
    if not name.strip():
        raise DomainError("token_without_name", _("Give the program a name."), field="name")
    if not chosen:
        raise DomainError(
            "token_without_scope", _("Choose at least one thing that it may do."), field="scopes"
        )
    for key in chosen:
        scope = scopes.get(key)
        if scope is None or not by.has_perm(scope.permission):
            raise DomainError(
                "scope_not_held",
                _("You cannot allow a program what you may not do yourself."),
                field="scopes",
            )
    if expires_at is not None and expires_at <= clock.now():
        raise DomainError("token_expired", _("The day must lie in the future."), field="expires_on")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise DomainError(
            "token_limit",
            _("Choose between 1 and %(most)s.") % {"most": MOST_PER_MINUTE},
            field="per_minute",
        )


@transaction.atomic
def token_revoke(
    *, token: ApiToken, by: AbstractBaseUser, request: HttpRequest | None = None
) -> bool:
    """Refuse this token from now on; False when it was revoked before."""
    held = ApiToken.objects.select_for_update().get(pk=token.pk)
    if held.revoked_at is not None:
        return False
    held.revoked_at = clock.now()
    held.save(update_fields=["revoked_at"])
    audit.record(
        "api.token.revoked",
        actor=by,
        subject=held,
        data={"name": held.name, "prefix": held.prefix},
        request=request,
    )
    return True


def token_of(text: str) -> ApiToken | None:
    """The live token of this text; None for any other text."""
    prefix, _separator, secret = text.removeprefix(START).partition("_")
    if not text.startswith(START) or not secret or not text.isascii() or "\0" in text:
        return None
    token = ApiToken.objects.filter(prefix=START + prefix).first()
    if token is None or not hmac.compare_digest(token.digest, digest_of(text)):
        return None
    return token if token.is_live(clock.now()) else None


def token_seen(*, token: ApiToken, request: HttpRequest) -> None:
    """Note that a token is in use, at most once a minute."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(
            last_used_at=now, last_used_ip=client_ip(request)
        )


def digest_of(text: str) -> str:
    """The token has 256 random bits, so that a plain digest cannot be tried out."""
    return hashlib.sha256(text.encode()).hexdigest()
