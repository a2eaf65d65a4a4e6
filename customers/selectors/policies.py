"""The privacy policy: what holds now, every older text, the draft."""

from dataclasses import dataclass

from django.conf import settings

from customers.models import PolicyVersion


@dataclass(frozen=True, kw_only=True)
class PolicyOfLanguage:
    """``versions``: the published ones, the newest first."""

    language: str
    label: str
    draft: PolicyVersion | None
    versions: list[PolicyVersion]

    @property
    def current(self) -> PolicyVersion | None:
        return self.versions[0] if self.versions else None

    @property
    def next_number(self) -> int:
        return (self.versions[0].number or 0) + 1 if self.versions else 1


def policies_by_language() -> list[PolicyOfLanguage]:
    """One entry for each language of the shop, with or without a text."""
    rows = list(PolicyVersion.objects.select_related("published_by").order_by("-number"))
    return [
        PolicyOfLanguage(
            language=code,
            label=str(label),
            draft=next((one for one in rows if one.language == code and not one.number), None),
            versions=[one for one in rows if one.language == code and one.number],
        )
        for code, label in settings.LANGUAGES
    ]


def policy_in(language: str) -> PolicyOfLanguage:
    return next(one for one in policies_by_language() if one.language == language)


def policy_current(language: str) -> PolicyVersion | None:
    """What holds in this language; where there is none, in the shop's own."""
    published = PolicyVersion.objects.filter(number__isnull=False).order_by("-number")
    for code in (language, settings.SITE_LANGUAGE):
        found = published.filter(language=code).first()
        if found is not None:
            return found
    return published.order_by("-published_at").first()


def policy_labelled(label: str) -> PolicyVersion | None:
    """The published version that a consent names (``es-3``); None for any other text."""
    language, _dash, number = label.rpartition("-")
    if language not in dict(settings.LANGUAGES) or not (
        number.isascii() and number.isdecimal() and len(number) < 7
    ):
        return None
    return PolicyVersion.objects.filter(language=language, number=int(number)).first()


def draft_values(language: str) -> dict[str, str]:
    """What the form of the draft shows: the draft, else the text that holds, else nothing."""
    policy = policy_in(language)
    shown = policy.draft or policy.current
    return {
        "title": shown.title if shown else "",
        "body": shown.body if shown else "",
        "note": policy.draft.note if policy.draft else "",
    }
