"""Who may call a back-office view. Default deny: a view without a mark is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django_htmx.middleware import HtmxDetails

from config.kit.registry import Registry

PERMISSION_ATTRIBUTE = "backoffice_permission"
ANY_STAFF = ""


class StaffUser(Protocol):
    """What a back-office view may count on in ``request.user``."""

    pk: int
    language: str

    def has_perm(self, perm: str) -> bool: ...


class StaffRequest(HttpRequest):
    """A request of a member of staff who has passed the staff log-in."""

    user: Any
    htmx: HtmxDetails


View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PROOF_FIELD = "proof"
# Who knows log-ins says here what a fresh proof is, and asks for it.
proofs: Registry[Callable[[HttpRequest], HttpResponse | None]] = Registry("proofs")


def backoffice(permission: str) -> Callable[[View], View]:
    """Only for staff with this permission (``""``: any member of staff)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not is_staff_session(request):
                return redirect_to_login(request)
            if permission and not user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        setattr(guarded, PERMISSION_ATTRIBUTE, permission)
        return cast("View", guarded)

    return wrap


def public(view: View) -> View:
    """A back-office page that needs no log-in (the log-in itself)."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    setattr(marked, PERMISSION_ATTRIBUTE, None)
    return cast("View", marked)


def proof_due(request: HttpRequest) -> HttpResponse | None:
    """The page that asks who acts to prove again who they are; None when they did so lately."""
    answers = (ask(request) for ask in proofs.values())
    return next((answer for answer in answers if answer is not None), None)


def step_up(view: View) -> View:
    """A POST needs a fresh proof of who acts; put it under ``@backoffice``.

    The page that asks for it holds the sent values, so that the action goes on with them.
    """

    @wraps(view)
    @sensitive_post_parameters(PROOF_FIELD)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        due = proof_due(request) if request.method == "POST" else None
        return view(request, *args, **kwargs) if due is None else due

    return cast("View", asking)


def is_staff_session(request: HttpRequest) -> bool:
    """A live member of staff, in a session that passed the staff log-in and its second factor."""
    user = request.user
    return bool(
        isinstance(user, AbstractBaseUser)
        and user.is_active
        and getattr(user, "is_staff", False)
        and request.session.get("staff_verified")
    )


def redirect_to_login(request: HttpRequest) -> HttpResponse:
    target = reverse("staff:login")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        return answer
    return redirect(f"{target}?{urlencode({'next': request.get_full_path()})}")
