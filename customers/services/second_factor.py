"""The second factor of a log-in: a one-time code of an app, or one of the recovery codes.

A passkey is another one; ``passkeys`` keeps those.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    compare_user_code,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from qrcode import QRCode
from qrcode.image.svg import SvgPathFillImage

from config.kit import audit, clock, secrets
from config.kit.errors import DomainError
from customers.mfa import factors_of, place_of
from customers.models import LoginAlert, User
from customers.selectors.factors import RECOVERY_TYPE, TOTP_TYPE
from customers.services.login_alerts import login_alert_here


def factor_secret_new() -> str:
    """A fresh secret in base 32, to be typed or scanned; nothing is stored yet."""
    return str(generate_totp_secret())


def factor_qr(*, user: User, secret: str) -> bytes:
    """The secret as an SVG picture for the app's camera."""
    code = QRCode(border=2, image_factory=SvgPathFillImage)
    code.add_data(get_adapter().build_totp_url(user, secret))
    return bytes(code.make_image().to_string())


@transaction.atomic
def factor_activate(
    *, user: User, secret: str, code: str, request: HttpRequest | None = None
) -> list[str]:
    """Turn the second factor on once the app shows the right code; returns the recovery codes.

    :raises DomainError: the code is not the one of now.
    """
    # One at a time per person: two open tabs must not leave two secrets behind.
    User.objects.select_for_update().get(pk=user.pk)
    counter = _counter_of(secret, code)
    if counter is None:
        raise wrong_code()
    Authenticator.objects.filter(user=user, type=TOTP_TYPE).delete()
    with factors_of(user.pk):
        made = TOTP.activate(user, secret)
    made.instance.data["last_counter"] = counter
    made.instance.save(update_fields=["data"])
    audit.record("customers.staff.factor_on", actor=user, subject=user)
    login_alert_here(user=user, kind=LoginAlert.Kind.FACTOR, request=request)
    return recovery_codes_make(user=user)


@transaction.atomic
def factor_check(*, user: User, code: str) -> None:
    """Accept a code of the app or a recovery code, each of them once.

    :raises DomainError: it is neither, or it was used before.
    """
    if not (_totp_use(user, code) or _recovery_use(user, code)):
        raise wrong_code()


@transaction.atomic
def factor_remove(*, user: User, by: User, request: HttpRequest | None = None) -> None:
    """Phone, passkeys and recovery codes, all of them."""
    Authenticator.objects.filter(user=user).delete()
    audit.record("customers.staff.factor_off", actor=by, subject=user)
    login_alert_here(user=user, kind=LoginAlert.Kind.FACTOR, request=request)


@transaction.atomic
def recovery_codes_make(*, user: User) -> list[str]:
    """New recovery codes; the old ones stop working. They can be seen this one time."""
    Authenticator.objects.filter(user=user, type=RECOVERY_TYPE).delete()
    audit.record("customers.staff.codes_made", actor=user, subject=user)
    with factors_of(user.pk):
        return list(RecoveryCodes.activate(user).generate_codes())


def recovery_codes_left(*, user: User) -> int:
    row = Authenticator.objects.filter(user=user, type=RECOVERY_TYPE).first()
    if row is None:
        return 0
    with factors_of(user.pk):
        return len(RecoveryCodes(row).get_unused_codes())


def wrong_code() -> DomainError:
    return DomainError(
        "code_wrong", _("The code is wrong or was used already. Type the newest one."), field="code"
    )


def _totp_use(user: User, code: str) -> bool:
    """Under a row lock, so that the same code cannot pass twice, in whatever process."""
    row = Authenticator.objects.select_for_update().filter(user=user, type=TOTP_TYPE).first()
    if row is None:
        return False
    secret = secrets.decrypt(row.data["secret"], place=place_of(user.pk))
    counter = _counter_of(secret, code)
    if counter is None or counter <= row.data.get("last_counter", 0):
        return False
    row.data["last_counter"] = counter
    row.last_used_at = clock.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _counter_of(secret: str, code: str) -> int | None:
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


def _recovery_use(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, type=RECOVERY_TYPE).first()
    if row is None:
        return False
    with factors_of(user.pk):
        return bool(RecoveryCodes(row).validate_code(code))
