"""The reader's language and theme: in cookies, and the language with the log-in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.kit.context import THEMES

YEAR = 31_536_000


def _back(request: HttpRequest) -> HttpResponse:
    """Where the person came from; never to another site."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target[:1] == "/"
    return HttpResponseRedirect(target if is_ours else "/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    answer = _back(request)
    if wanted not in dict(settings.LANGUAGES):
        return answer
    if request.user.is_authenticated:
        request.user.language = wanted
        request.user.save(update_fields=["language"])
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """``light``, ``dark``, or anything else: as the system."""
    wanted = request.POST.get("theme", "")
    answer = _back(request)
    if wanted in THEMES:
        answer.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax")
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


@require_POST
def letter_keys(request: HttpRequest) -> HttpResponse:
    """``off``: single letters do nothing, for who speaks to the computer (WCAG 2.1.4)."""
    answer = _back(request)
    if request.POST.get("letter_keys") == "off":
        answer.set_cookie("letter_keys", "off", max_age=YEAR, samesite="Lax")
    else:
        answer.delete_cookie("letter_keys", samesite="Lax")
    return answer
