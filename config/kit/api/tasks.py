"""Celery tasks for programs: thin and idempotent."""

from celery import shared_task

from config.kit.api import delivering
from config.kit.api.services import answers, webhooks

MOST_ROUNDS = 20


@shared_task(name="api.send_webhooks")
def send_webhooks() -> None:
    """Rounds while there is something to send; beat rings again."""
    for _round in range(MOST_ROUNDS):
        if delivering.deliver() == 0:
            break


@shared_task(name="api.tidy_up")
def tidy_up() -> None:
    answers.answers_forget()
    webhooks.messages_forget()
