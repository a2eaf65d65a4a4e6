"""Passkeys of staff: a key that a device holds, and uses once it knows who holds the device.

Each is found without a name and proves its owner (W3C WebAuthn Level 3, discoverable credentials
with user verification), so that it stands for password and second factor together. A question is
asked for one purpose and one person, lives in the session, and is answered once.
"""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.limits import refuse_too_many, refuse_too_many_from_here
from customers.models import LoginAlert, User
from customers.selectors.factors import PASSKEY_TYPE, RECOVERY_TYPE, factor_exists
from customers.services.login_alerts import login_alert_here
from customers.services.second_factor import recovery_codes_left, recovery_codes_make

QUESTION = "passkey_question"
QUESTION_SECONDS = 5 * 60
ADD, LOGIN, PROOF = "add", "login", "proof"
MOST = 20


def passkeys_work_at(request: HttpRequest) -> bool:
    """Browsers keep passkeys for names of hosts, not for numbers."""
    try:
        ip_address(_host(request).strip("[]"))
    except ValueError:
        return True
    return False


def passkey_offer(*, request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to make a new key (PublicKeyCredentialCreationOptions as JSON)."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=_handle(user), name=user.email, display_name=user.name or user.email
        ),
        credentials=[_credential(row) for row in _rows(user)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _ask(request, ADD, state, user)
    return dict(options)


def passkey_add(*, request: HttpRequest, user: User, name: str, answer: str) -> list[str]:
    """Keep the key that the browser made; returns recovery codes where there were none yet.

    :raises DomainError: ``passkey_wrong``, ``passkey_known``, ``passkeys_full``.
    """
    state = _asked(request, ADD, user)
    try:
        response = RegistrationResponse.from_dict(_parsed(answer))
        made = _server(request).register_complete(state, response)
    except (ValueError, TypeError, KeyError) as error:
        raise _wrong() from error
    credential = made.credential_data
    if credential is None:
        raise _wrong()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        key = websafe_encode(credential.credential_id)
        if Authenticator.objects.filter(type=PASSKEY_TYPE, data__key=key).exists():
            raise DomainError("passkey_known", _("This device holds a passkey for you already."))
        if _rows(user).count() >= MOST:
            raise DomainError(
                "passkeys_full", _("Remove a passkey that you no longer use before adding one.")
            )
        Authenticator.objects.create(
            user=user,
            type=PASSKEY_TYPE,
            data={
                "name": name,
                "key": key,
                "credential": websafe_encode(bytes(credential)),
                "counter": made.counter,
            },
        )
        audit.record("customers.staff.passkey_added", actor=user, subject=user, request=request)
        login_alert_here(user=user, kind=LoginAlert.Kind.FACTOR, request=request)
        return [] if recovery_codes_left(user=user) else recovery_codes_make(user=user)


def passkey_challenge(
    *, request: HttpRequest, purpose: str, user: User | None = None
) -> dict[str, Any]:
    """What the browser needs to use a key: of this person, or without one of whoever has one here.

    :raises DomainError: ``too_many``.
    """
    refuse_too_many_from_here("staff-passkey-asked", request)
    options, state = _server(request).authenticate_begin(
        [_credential(row) for row in _rows(user)] if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _ask(request, purpose, state, user)
    return dict(options)


def passkey_check(
    *, request: HttpRequest, purpose: str, answer: str, user: User | None = None
) -> User:
    """Who answered; with ``user`` it has to be them.

    :raises DomainError: ``too_many``, ``passkey_wrong``.
    """
    refuse_too_many_from_here("staff-passkey", request)
    if user:
        refuse_too_many("staff-passkey-code", f"user:{user.pk}", request)
    state = _asked(request, purpose, user)
    response = _response(answer)
    owner = _verified(request, state, response, user)
    if owner is None:
        audit.record(
            "customers.staff.passkey_failed", subject=user, request=request, origin="login"
        )
        raise _wrong()
    return owner


@transaction.atomic
def passkey_remove(*, request: HttpRequest, user: User, pk: int) -> None:
    """
    :raises DomainError: ``factor_last`` where a second factor is required and this is the last.
    """
    User.objects.select_for_update().get(pk=user.pk)
    row = _rows(user).filter(pk=pk).first()
    if row is None:
        return
    row.delete()
    if not factor_exists(user=user):
        if settings.STAFF_SECOND_FACTOR_REQUIRED:
            raise DomainError(
                "factor_last", _("This is your last second factor. Set up another one first.")
            )
        Authenticator.objects.filter(user=user, type=RECOVERY_TYPE).delete()
    audit.record("customers.staff.passkey_removed", actor=user, subject=user, request=request)


@transaction.atomic
def _verified(
    request: HttpRequest,
    state: dict[str, str],
    response: AuthenticationResponse | None,
    user: User | None,
) -> User | None:
    """The owner of the key, its counter moved on under a lock; None for whatever does not hold."""
    if response is None:
        return None
    rows = Authenticator.objects.select_for_update(of=("self",)).select_related("user")
    row = rows.filter(type=PASSKEY_TYPE, data__key=websafe_encode(response.raw_id)).first()
    if row is None or not _may_answer(row.user, user, response):
        return None
    try:
        _server(request).authenticate_complete(state, [_credential(row)], response)
    except ValueError:
        return None
    counter = response.response.authenticator_data.counter
    # A counter that stands still says that the key was copied; many devices send none at all.
    if (counter or row.data["counter"]) and counter <= row.data["counter"]:
        return None
    row.data["counter"] = counter
    row.last_used_at = clock.now()
    row.save(update_fields=["data", "last_used_at"])
    owner: User = row.user
    return owner


def _may_answer(owner: User, user: User | None, response: AuthenticationResponse) -> bool:
    handle = response.response.user_handle
    is_named = handle == _handle(owner) or (user is not None and not handle)
    is_wanted = user is None or user.pk == owner.pk
    return owner.is_staff and owner.is_active and is_named and is_wanted


def _server(request: HttpRequest) -> Fido2Server:
    """Keys belong to this host alone, and answers come from this very origin."""
    origin = f"{request.scheme}://{request.get_host()}"
    entity = PublicKeyCredentialRpEntity(id=_host(request), name=settings.SITE_NAME)
    return Fido2Server(
        entity,
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda came: came == origin,
    )


def _host(request: HttpRequest) -> str:
    return split_domain_port(request.get_host())[0]


def _ask(request: HttpRequest, purpose: str, state: Mapping[str, Any], user: User | None) -> None:
    request.session[QUESTION] = {
        "state": {key: str(value) for key, value in state.items()},
        "purpose": purpose,
        "user": user.pk if user else None,
        "at": int(clock.now().timestamp()),
    }


def _asked(request: HttpRequest, purpose: str, user: User | None) -> dict[str, str]:
    """The state of this session's question, which is gone with this."""
    held = request.session.pop(QUESTION, None)
    wanted = (purpose, user.pk if user else None)
    if held is None or (held["purpose"], held["user"]) != wanted:
        raise _wrong()
    if clock.now().timestamp() - held["at"] > QUESTION_SECONDS:
        raise _wrong()
    state: dict[str, str] = held["state"]
    return state


def _response(answer: str) -> AuthenticationResponse | None:
    try:
        response: AuthenticationResponse = AuthenticationResponse.from_dict(_parsed(answer))
    except (ValueError, TypeError, KeyError):
        return None
    return response


def _parsed(answer: str) -> Any:
    return json.loads(answer)


def _credential(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.data["credential"]))


def _rows(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=PASSKEY_TYPE).order_by("created_at", "pk")


def _handle(user: User) -> bytes:
    return f"user:{user.pk}".encode()


def _wrong() -> DomainError:
    return DomainError("passkey_wrong", _("The passkey was not accepted. Try once more."))
