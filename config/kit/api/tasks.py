"""Celery tasks for programs: thin and idempotent."""

from celery import shared_task

from config.kit.api.services import answers


@shared_task(name="api.tidy_up")
def tidy_up() -> None:
    answers.answers_forget()
