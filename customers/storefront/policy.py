"""The privacy policy as everybody may read it: what holds, and each older version."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from customers.access import policy_of, policy_version_of
from customers.models import PolicyVersion
from customers.policy_text import policy_html
from customers.selectors.policies import policy_current


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    current = policy_current(get_language() or "")
    if current is None:
        raise Http404
    return _page(request, current)


@require_safe
def policy_version(request: HttpRequest, language: str, number: int) -> HttpResponse:
    return _page(request, policy_version_of(language, number))


def _page(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    versions = policy_of(version.language).versions
    context = {
        "version": version,
        "text": policy_html(version.body),
        "versions": versions,
        "is_current": version == versions[0],
    }
    return render(request, "account/policy.html", context)
