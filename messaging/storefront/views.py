"""What the addresses in mails lead to. A GET changes nothing beyond rows of events."""

import base64
from typing import Final

from csp.decorators import csp_exempt
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.errors import DomainError
from config.kit.net import client_ip
from messaging import tokens
from messaging.models import Delivery
from messaging.selectors.messages import delivery_by_pointer, delivery_content
from messaging.services import tracking
from messaging.services.tracking import Visit

PIXEL: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
ONE_CLICK: Final = "One-Click"
# The mail is somebody's HTML: it may show itself and open its links, and nothing more.
MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src 'self' data: http: https:; frame-ancestors 'none'"
)


@never_cache
@require_safe
def open_pixel(request: HttpRequest, token: str) -> HttpResponse:
    """A picture of one point, whatever the token is."""
    pointer = tokens.read_token(tokens.OPEN, token)
    if pointer is not None:
        tracking.open_record(pointer=pointer, visit=_visit(request))
    return HttpResponse(PIXEL, content_type="image/gif")


@never_cache
@require_safe
def click(request: HttpRequest, token: str) -> HttpResponse:
    """On to the address that the link had when the campaign started."""
    pointer = tokens.read_token(tokens.CLICK, token)
    if pointer is None:
        raise Http404
    url = tracking.click_record(pointer=pointer, visit=_visit(request))
    if url is None:
        raise Http404
    return redirect(url)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button. POST acts: the button's, or a mail program's with one click (RFC 8058).

    The token alone says who and what; there are no cookies to forge a request with.
    """
    delivery = _delivery(tokens.UNSUBSCRIBE, token)
    if request.method != "POST":
        return _page(request, delivery)
    if "List-Unsubscribe" in request.POST:
        if request.POST["List-Unsubscribe"] != ONE_CLICK:
            return HttpResponseBadRequest()
        tracking.unsubscribe(delivery=delivery, visit=_visit(request))
        return HttpResponse(_("Done."), content_type="text/plain; charset=utf-8")
    if request.POST.get("action") == "undo":
        wording = _("I want to get your mails again.")
        tracking.unsubscribe_undo(delivery=delivery, visit=_visit(request), wording=wording)
    elif request.POST.get("action") == "unsubscribe":
        tracking.unsubscribe(delivery=delivery, visit=_visit(request))
    else:
        return HttpResponseBadRequest()
    return redirect(reverse("mail:unsubscribe", args=[token]))


def _page(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    context = {"delivery": delivery, "is_unsubscribed": delivery.unsubscribed_at is not None}
    answer = render(request, "mail/unsubscribe.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
# Its type knows no arguments from the address.
@csp_exempt()  # type: ignore[arg-type]
@require_safe
def view_in_browser(request: HttpRequest, token: str) -> HttpResponse:
    """The mail as a page, its links as they are."""
    try:
        rendered = delivery_content(_delivery(tokens.VIEW, token))
    except DomainError:
        rendered = None
    if rendered is None:
        raise Http404
    answer = HttpResponse(rendered.html)
    answer["Content-Security-Policy"] = MAIL_POLICY
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _delivery(purpose: bytes, token: str) -> Delivery:
    pointer = tokens.read_token(purpose, token)
    delivery = delivery_by_pointer(pointer) if pointer else None
    if delivery is None:
        raise Http404
    return delivery


def _visit(request: HttpRequest) -> Visit:
    return Visit(
        method=request.method or "GET",
        user_agent=request.headers.get("User-Agent", "")[:300],
        ip=client_ip(request),
    )
