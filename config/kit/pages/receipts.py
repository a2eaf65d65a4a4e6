"""A form that is sent twice is handled once: the second click finds the answer of the first."""

from uuid import UUID

from django.http import HttpRequest

from config.kit.models import FormReceipt


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return None


def claim(request: HttpRequest) -> str | None:
    """Call it inside the transaction of the write.

    None: go on. A URL: the form was handled already and this is its answer. A second request waits
    here for the first one's transaction.
    """
    key = _key(request)
    if key is None:
        return None
    receipt, is_new = FormReceipt.objects.get_or_create(
        key=key, defaults={"user_id": request.user.pk, "location": request.get_full_path()[:500]}
    )
    if is_new or receipt.user_id != request.user.pk:
        return None
    return receipt.location


def settle(request: HttpRequest, location: str) -> None:
    """Remember where the answer is, in the same transaction."""
    key = _key(request)
    if key is None:
        return
    FormReceipt.objects.filter(key=key, user_id=request.user.pk).update(location=location[:500])
