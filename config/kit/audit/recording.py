"""Writing to the trail, in the transaction of the change."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.http import HttpRequest

from config.kit.audit.catalogue import actions
from config.kit.models import AuditEntry, AuditValues
from config.kit.net import client_ip


@transaction.atomic
def record(
    action: str,
    *,
    actor: AbstractBaseUser | None = None,
    subject: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
    origin: str = "",
) -> AuditEntry:
    """Write who did what, with the personal values apart from their digests.

    ``before`` and ``after`` hold personal values by field; ``data`` holds none. An action has its
    words in the catalogue (``describe_actions``). What nobody did is the system's unless
    ``origin`` says where it came from; a program is named by its token.
    """
    if settings.ENVIRONMENT == "test" and action not in actions:
        raise LookupError(f"{action!r} has no words: audit.describe_actions in the app's plugins")
    program = getattr(request, "program", None)
    old, new = _plain(before), _plain(after)
    salt = secrets.token_hex(16)
    entry = AuditEntry.objects.create(
        action=action,
        actor_id=actor.pk if actor else None,
        actor_label=_label(actor) or str(program or ""),
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        origin="api" if program else origin or ("backoffice" if actor or request else "system"),
        ip=client_ip(request) if request else None,
        digests={
            key: [digest(salt, old.get(key)), digest(salt, new.get(key))] for key in {**old, **new}
        },
        data=_plain(data),
    )
    if old or new:
        AuditValues.objects.create(entry_id=entry.pk, salt=salt, before=old, after=new)
    return entry


def _label(actor: AbstractBaseUser | None) -> str:
    """The name of a member of staff. A customer is known by number: the entry outlives them."""
    return str(actor) if actor is not None and getattr(actor, "is_staff", False) else ""


def digest(salt: str, value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return plain
