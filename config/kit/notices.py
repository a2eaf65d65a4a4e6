"""Notices for staff: given once per key, read or unread."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from config.kit import clock
from config.kit.models import Notice

SHOWN = 20
LIFE = timedelta(days=90)


@transaction.atomic
def notice_give(
    *,
    user_id: int,
    key: str,
    title: str,
    url: str,
    detail: str = "",
    icon: str = "bell",
    tone: str = "",
) -> None:
    """Tell a member of staff, in their language; the same ``key`` a second time says nothing."""
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=user_id,
                key=key,
                title=title[:300],
                detail=detail[:300],
                url=url,
                icon=icon,
                tone=tone,
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def notices_read(*, user: Any) -> int:
    """Mark all of a person's notices as read.

    :returns: how many were not.
    """
    return Notice.objects.filter(user=user.pk, read_at=None).update(read_at=clock.now())


def notices_forget(*, older_than: timedelta = LIFE) -> int:
    deleted, _by_model = Notice.objects.filter(created_at__lt=clock.now() - older_than).delete()
    return deleted


def notices_of(user: Any) -> list[Notice]:
    """The newest ones."""
    return list(Notice.objects.filter(user=user.pk).order_by("-created_at", "-id")[:SHOWN])


def unread_count(user: Any) -> int:
    return Notice.objects.filter(user=user.pk, read_at=None)[: SHOWN + 1].count()
