"""The audit trail as it is read on the screen: who, what, to whom, from where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.audit import sealing
from config.kit.audit.catalogue import Subject, action_text, actions_like, gone, kind_text, subjects
from config.kit.audit.recording import digest
from config.kit.models import AuditEntry, AuditSeal, AuditValues
from config.kit.numbers import whole
from config.kit.pages import Action, Change

VIEW = "kit.view_auditentry"
MOST_FOUND = 500
ORIGINS: dict[str, str | Promise] = {
    "backoffice": gettext_lazy("Back office"),
    "storefront": gettext_lazy("Storefront"),
    "login": gettext_lazy("Log-in"),
    "import": gettext_lazy("Import"),
    "bulk": gettext_lazy("Bulk action"),
    "order": gettext_lazy("An order"),
    "link": gettext_lazy("Link to the account"),
    "mail": gettext_lazy("Link in a mail"),
    "api": gettext_lazy("Program"),
    "system": gettext_lazy("Automatic"),
}


def entries() -> "QuerySet[AuditEntry]":
    return AuditEntry.objects.all()


def entry_of(pk: int) -> AuditEntry:
    """
    :raises Http404: there is none.
    """
    entry = AuditEntry.objects.filter(pk=pk).first() if pk < 2**63 else None
    if entry is None:
        raise Http404
    return entry


def staff() -> "QuerySet[Any]":
    """Who may stand as the actor in a filter."""
    return get_user_model()._default_manager.filter(is_staff=True).order_by("name", "email", "pk")


def who(entry: AuditEntry) -> str:
    return entry.actor_label or (_("The customer") if entry.actor_id else _("The system"))


def where(entry: AuditEntry) -> str:
    return str(ORIGINS.get(entry.origin, entry.origin))


def searched(rows: "QuerySet[AuditEntry]", text: str) -> "QuerySet[AuditEntry]":
    """By what happened, to whom, by whom, or from which address; each asks an index."""
    people = staff().filter(Q(name__icontains=text) | Q(email__icontains=text))
    found = Q(action__in=actions_like(text)) | Q(
        actor_id__in=list(people.values_list("pk", flat=True)[:MOST_FOUND])
    )
    for kind, known in subjects.items():
        ids = known.find(text, MOST_FOUND)
        if ids:
            found |= Q(subject_kind=kind, subject_id__in=ids)
    address = _address(text)
    return rows.filter(found | Q(ip=address) if address else found)


def _address(text: str) -> str:
    try:
        validate_ipv46_address(text)
    except ValidationError:
        return ""
    return text


def subjects_of(rows: Iterable[AuditEntry]) -> dict[int, Subject | None]:
    """What each entry is about, with one query per kind of thing."""
    wanted: dict[str, set[int]] = {}
    for one in rows:
        if one.subject_id is not None:
            wanted.setdefault(one.subject_kind, set()).add(one.subject_id)
    found = {kind: known.load(ids) for kind, ids in wanted.items() if (known := subjects.get(kind))}
    return {
        one.pk: None
        if one.subject_id is None
        else found.get(one.subject_kind, {}).get(one.subject_id)
        or gone(one.subject_kind, one.subject_id)
        for one in rows
    }


def subject_url(kind: str, pk: int) -> str:
    """The trail of one thing."""
    return f"{reverse('kit:trail')}?f=1&thing={kind}.{pk}"


def trail_action(thing: Model) -> Action:
    """ "What happened to this": for the menu of the page of any record."""
    return Action(
        gettext_lazy("What happened here"),
        subject_url(thing._meta.label_lower, thing.pk),
        icon="history",
        permission=VIEW,
    )


def thing_of(value: str) -> tuple[str, int] | None:
    """The kind and number that a filter by thing names."""
    kind, _dot, number = value.rpartition(".")
    if kind in subjects and whole(number, -1) >= 0:
        return kind, int(number)
    return None


def thing_text(value: str) -> str:
    thing = thing_of(value)
    if thing is None:
        return value
    kind, pk = thing
    title = (subjects[kind].load([pk]).get(pk) or gone(kind, pk)).title
    return f"{kind_text(kind)}: {title}"


@dataclass(frozen=True)
class Proof:
    """``state`` is waiting, intact or broken; ``number`` and ``digest`` are the seal's."""

    state: str
    number: int = 0
    digest: str = ""
    sealed_at: Any = None


def proof_of(entry: AuditEntry) -> Proof:
    own = AuditSeal.objects.filter(entry_id=entry.pk).first()
    if own is None:
        return Proof("waiting")
    state = "intact" if sealing.is_intact(entry, own) else "broken"
    return Proof(state, own.pk, own.digest, own.sealed_at)


@dataclass(frozen=True)
class Values:
    """``state`` is none, kept, erased, or changed (they are not those that were digested)."""

    state: str
    changes: list[Change]


def values_of(entry: AuditEntry) -> Values:
    if not entry.digests:
        return Values("none", [])
    held = AuditValues.objects.filter(pk=entry.pk).first()
    if held is None:
        return Values("erased", [])
    changes = [
        _change(entry.subject_kind, name, held.before.get(name), held.after.get(name))
        for name in {**held.before, **held.after}
    ]
    return Values("kept" if _match(entry, held) else "changed", changes)


def _match(entry: AuditEntry, held: AuditValues) -> bool:
    names = {**held.before, **held.after}
    digests: dict[str, list[str]] = entry.digests
    return digests == {
        name: [digest(held.salt, held.before.get(name)), digest(held.salt, held.after.get(name))]
        for name in names
    }


def _change(kind: str, name: str, before: Any, after: Any) -> Change:
    known = subjects.get(kind)
    if known is None or known.value is None:
        return Change(name, _plain(before), _plain(after))
    label, old = known.value(name, before)
    return Change(label, old, known.value(name, after)[1])


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def details_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """What else was written down, as it was written."""
    return [(key, _plain(value)) for key, value in entry.data.items() if value not in (None, "")]


def actor_url(user: AbstractBaseUser | int | None) -> str:
    pk = user.pk if isinstance(user, AbstractBaseUser) else user
    return f"{reverse('kit:trail')}?f=1&actor={pk}" if pk else ""


def title_of(entry: AuditEntry) -> str:
    return action_text(entry.action)
