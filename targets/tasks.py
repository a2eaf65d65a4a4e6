"""Celery tasks of the targets app: thin and idempotent."""

from celery import shared_task

from targets.services.refresh import targets_refresh_due


@shared_task(name="targets.refresh_due")
def refresh_due() -> None:
    targets_refresh_due()
