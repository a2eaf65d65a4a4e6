"""Celery tasks of the customers app: thin and idempotent."""

from celery import shared_task

from config.kit import partitions


@shared_task(name="customers.make_partitions")
def make_partitions() -> None:
    partitions.make_partitions()
