"""Reading tokens for screens."""

from collections.abc import Iterable

from django.urls import reverse

from config.kit.api.models import ApiToken
from config.kit.audit.catalogue import Subject


def tokens_named(ids: Iterable[int]) -> dict[int, Subject]:
    url = reverse("programs:tokens")
    return {one.pk: Subject(one.name, url) for one in ApiToken.objects.filter(pk__in=list(ids))}
