"""Wake-ups for workers. They carry nothing that matters: beat rings again if one is lost."""

import logging
from functools import cache
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def after_commit(task: str, **kwargs: Any) -> None:
    """Ring for ``task`` once the current transaction is committed."""
    transaction.on_commit(lambda: ring(task, **kwargs))


def ring(task: str, **kwargs: Any) -> None:
    """Send a wake-up now; a broker that is away only delays the work."""
    if settings.ENVIRONMENT == "test":
        return
    queue = kwargs.get("queue", "default")
    try:
        _producer().send_task(task, kwargs=kwargs, queue=queue, expires=30, retry=False)
    except (OperationalError, OSError):
        logger.warning("the broker did not take a wake-up for %s", task)


@cache
def _producer() -> Celery:
    """Web processes and commands load no worker's application, but know its broker."""
    app = Celery("wakeups", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    return app
