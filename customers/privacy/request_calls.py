"""Who is told of a privacy request: when it comes, when it is theirs, and before its last day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.notices import notice_give
from config.kit.pages import formats
from customers.models import PrivacyRequest, User
from customers.selectors.colleagues import staff_who_may

MAY_ANSWER: Final = "change_privacyrequest"
WEEK, SOON = 7, 2
Words = Callable[[], str]


def requests_watch() -> int:
    """Tell who is responsible what is due within a week or late, once a stage; how many are."""
    today = clock.today()
    rows = PrivacyRequest.objects.select_related("customer", "assignee").filter(
        state__in=PrivacyRequest.PENDING, due_on__lte=today + timedelta(days=WEEK)
    )
    for one in rows.order_by("due_on", "pk"):
        request_call(
            one, f"{_stage(one, today)}:{one.due_on}", lambda: _("A privacy request is due")
        )
    return rows.count()


def _stage(row: PrivacyRequest, today: date) -> str:
    left = (row.due_on - today).days
    return "late" if left < 0 else "soon" if left <= SOON else "week"


def request_call(row: PrivacyRequest, stage: str, title: Words) -> None:
    """A notice to whose it is, or to everybody who may take it."""
    people = [row.assignee] if row.assignee is not None else list(staff_who_may(MAY_ANSWER))
    for one in people:
        request_notice(one, row, stage, title)


def request_notice(user: User, row: PrivacyRequest, stage: str, title: Words) -> None:
    with translation.override(user.language or settings.SITE_LANGUAGE):
        text = _("%(right)s · %(who)s · answer by %(day)s")
        notice_give(
            user_id=user.pk,
            key=f"privacy-request:{row.public_id}:{stage}",
            title=title(),
            detail=text
            % {
                "right": PrivacyRequest.Right(row.right).label,
                "who": row.number,
                "day": formats.day(row.due_on),
            },
            url=reverse("customers:request", args=[row.public_id]),
            icon="scale",
            tone="danger" if stage.startswith("late") else "warning",
        )
