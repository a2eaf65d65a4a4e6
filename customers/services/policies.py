"""The only writer of the privacy policy: drafts change, what is published stays."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.models import PolicyVersion, User
from customers.rules.profile import clean_text
from customers.selectors.policies import draft_values, policy_in

BODY_LIMIT: Final = 100_000


@transaction.atomic
def policy_draft_save(
    *,
    language: str,
    title: str,
    body: str,
    note: str = "",
    seen: Mapping[str, str] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> PolicyVersion:
    """Write the draft of a language; the first time it is made.

    :raises DomainError: a text is missing or too long; ``version_conflict`` when it does not
        look as ``seen`` any more.
    """
    _lock(language)
    if seen is not None and draft_values(language) != seen:
        raise DomainError("version_conflict", _("Somebody else changed this text meanwhile."))
    draft = policy_in(language).draft or PolicyVersion(language=language)
    draft.title = clean_text(title, limit=160, field="title")
    draft.body = _clean_body(body)
    draft.note = clean_text(note, limit=300, field="note")
    draft.edited_at = clock.now()
    if not draft.title:
        raise DomainError("policy_untitled", _("Give the policy a title."), field="title")
    draft.save()
    audit.record(
        "customers.policy.edited",
        actor=by,
        subject=draft,
        data={"language": language},
        request=request,
    )
    return draft


@transaction.atomic
def policy_publish(
    *, language: str, by: User | None = None, request: HttpRequest | None = None
) -> PolicyVersion:
    """Make the draft the text that holds, for good, under the next number.

    :raises DomainError: there is no draft, or it says what holds already.
    """
    _lock(language)
    policy = policy_in(language)
    draft, current = policy.draft, policy.current
    if draft is None:
        raise DomainError("policy_no_draft", _("There is no draft in this language."))
    if current and (current.title, current.body) == (draft.title, draft.body):
        raise DomainError("policy_unchanged", _("The draft says what is published already."))
    draft.number = policy.next_number
    draft.published_at, draft.published_by = clock.now(), by
    draft.save()
    audit.record(
        "customers.policy.published",
        actor=by,
        subject=draft,
        data={"version": draft.label},
        request=request,
    )
    return draft


@transaction.atomic
def policy_draft_discard(
    *, language: str, by: User | None = None, request: HttpRequest | None = None
) -> bool:
    """Throw the draft away; False when there was none."""
    _lock(language)
    draft = policy_in(language).draft
    if draft is None:
        return False
    audit.record(
        "customers.policy.discarded",
        actor=by,
        subject=draft,
        data={"language": language},
        request=request,
    )
    draft.delete()
    return True


def _lock(language: str) -> None:
    """Who writes the policy of one language waits for the other, also for the very first."""
    if language not in dict(settings.LANGUAGES):
        raise DomainError("policy_language", _("The shop does not speak this language."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policy'), hashtext(%s))", [language])


def _clean_body(body: str) -> str:
    text = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise DomainError("policy_empty", _("Write the text of the policy."), field="body")
    if len(text) > BODY_LIMIT:
        raise DomainError(
            "too_long",
            _("The text has more than %(limit)s characters.") % {"limit": BODY_LIMIT},
            field="body",
        )
    return text
