"""The token of a list and its state that a row's link carries."""

from urllib.parse import urlencode

from django.core import signing

NAME = "in"
SALT = "list.steps"
LONGEST = 1500


def step_token(key: str, state: str) -> str:
    """Empty for a state that is too long for an address."""
    if len(state) > LONGEST:
        return ""
    return signing.Signer(salt=SALT).sign_object([key, state], compress=True)


def step_read(token: str) -> tuple[str, str]:
    """The list's key and its state.

    :raises signing.BadSignature: it is not one of ours.
    """
    try:
        key, state = signing.Signer(salt=SALT).unsign_object(token)
    except ValueError as broken:
        raise signing.BadSignature from broken
    return str(key), str(state)


def with_step(url: str, token: str) -> str:
    sign = "&" if "?" in url else "?"
    return f"{url}{sign}{urlencode({NAME: token})}"
