"""One effect for one idempotency key: the first request writes its answer, others find it."""

import hashlib
import json
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.kit import clock, secrets
from config.kit.api.models import ApiAnswer, ApiToken
from config.kit.errors import DomainError

LIFE = timedelta(hours=24)
WAIT = "10s"
KEY_LIMIT = 255
KEPT = ("Content-Type", "Location", "ETag", "Content-Disposition")
PLACE = "api_answer.body"


def answer_claim(*, token: ApiToken, key: str, request_digest: str) -> HttpResponse | None:
    """Inside the transaction of the effect: None for the first request, else its answer.

    A second request with the key waits here until the first one is committed.

    :raises DomainError: the key stands for another request, or the first one is still at work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        try:
            with transaction.atomic():
                _made, is_new = ApiAnswer.objects.get_or_create(
                    token=token, key=key, defaults={"request_digest": request_digest}
                )
        except OperationalError as cause:
            raise DomainError(
                "key_in_use", _("A request with this key is still at work. Try again later.")
            ) from cause
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    if is_new:
        return None
    if _made.request_digest != request_digest:
        raise DomainError(
            "key_reused",
            _("This key was sent with another request before. Take a new key for each request."),
        )
    return _replayed(_made)


def answer_keep(*, token: ApiToken, key: str, answer: HttpResponse) -> None:
    """Write what the first request was answered, in its transaction."""
    ApiAnswer.objects.filter(token=token, key=key).update(
        status=answer.status_code,
        headers={name: answer[name] for name in KEPT if name in answer},
        body=secrets.encrypt(answer.content.decode(), place=PLACE),
    )


def _replayed(made: ApiAnswer) -> HttpResponse:
    body = secrets.decrypt(made.body, place=PLACE)
    answer = HttpResponse(body, status=made.status or 200, headers=made.headers)
    answer["Idempotency-Replayed"] = "true"
    return answer


def answers_forget(*, older_than: timedelta = LIFE) -> int:
    deleted, _by_model = ApiAnswer.objects.filter(created_at__lt=clock.now() - older_than).delete()
    return deleted


def digest_of(request: HttpRequest) -> str:
    """The same for the same method, address and content; files by what is in them."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        found.update(json.dumps(sorted(request.POST.lists())).encode())
        for name, file in sorted(request.FILES.items()):
            found.update(f"\n{name}\n".encode())
            for block in file.chunks():  # type: ignore[union-attr]
                found.update(block)
            file.seek(0)  # type: ignore[union-attr]
    else:
        found.update(request.body)
    return found.hexdigest()
