"""The pages of the mailbox. They exist only where ``MAILBOX_DIR`` is set, never in production."""

from pathlib import Path

from csp.decorators import csp_exempt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.mailbox import store
from config.mailbox.reading import Opened, open_mail

PAGE_SIZE = 50
LARGEST_NUMBER = 2**62
# No scripts, no forms, no access to our origin; links may open a tab of their own.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline' *; img-src * data:; font-src *; frame-ancestors 'self'"
)
VIEWS = {
    "html": _("Message"),
    "text": _("Text"),
    "headers": _("Headers"),
    "links": _("Links"),
    "source": _("Source"),
}


@never_cache
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200]
    found = store.mails(
        folder(), search=search, before=number_in(request, "before"), limit=PAGE_SIZE + 1
    )
    context = {
        "mails": found[:PAGE_SIZE],
        "search": search,
        "older": found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        "count": store.mail_count(folder()),
    }
    return render(request, "mailbox/list.html", context)


@never_cache
@require_safe
def mail_detail(request: HttpRequest, number: int) -> HttpResponse:
    mail, opened = mail_or_404(number)
    first = "html" if opened.html else "text"
    shown = request.GET.get("show", first)
    context = {
        "mail": mail,
        "opened": opened,
        "shown": shown if shown in VIEWS else first,
        "views": VIEWS.items(),
        "source": content(number).decode(errors="replace") if shown == "source" else "",
    }
    return render(request, "mailbox/detail.html", context)


@never_cache
@csp_exempt()  # type: ignore[arg-type]
@xframe_options_sameorigin
@require_safe
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """The mail as its reader sees it, harmless: shown in a frame."""
    _mail, opened = mail_or_404(number)
    files = reverse("mailbox:file", args=[number, 0]).removesuffix("0")
    response = HttpResponse(opened.html_with_files(files))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@never_cache
@require_safe
def mail_source(request: HttpRequest, number: int) -> HttpResponse:
    response = HttpResponse(content(number), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{number}.eml"'
    return response


@never_cache
@csp_exempt()  # type: ignore[arg-type]
@require_safe
def mail_file(request: HttpRequest, number: int, file: int) -> HttpResponse:
    _mail, opened = mail_or_404(number)
    for attachment in opened.attachments:
        if attachment.number == file:
            return harmless(attachment.content, attachment.content_type)
    raise Http404


def harmless(data: bytes, content_type: str) -> HttpResponse:
    """Pictures are shown in the mail; everything else is only to be saved."""
    is_picture = content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}
    response = HttpResponse(
        data, content_type=content_type if is_picture else "application/octet-stream"
    )
    response["Content-Disposition"] = "inline" if is_picture else "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def folder() -> Path:
    return Path(settings.MAILBOX_DIR)


def number_in(request: HttpRequest, name: str) -> int:
    """0 when it is missing or no number."""
    text = request.GET.get(name, "")
    return min(int(text), LARGEST_NUMBER) if text.isascii() and text.isdigit() else 0


def content(number: int) -> bytes:
    try:
        return store.content_of(folder(), number)
    except FileNotFoundError:
        raise Http404 from None


def mail_or_404(number: int) -> tuple[store.Mail, Opened]:
    mail = store.mail_get(folder(), min(number, LARGEST_NUMBER))
    if mail is None:
        raise Http404
    return mail, open_mail(content(number))
