"""Celery tasks of the customers app: thin and idempotent."""

from celery import shared_task

from config.kit import partitions
from customers.importing.jobs import imports_tidy
from customers.merging.duplicates import duplicates_refresh
from customers.merging.services import merges_follow
from customers.privacy.request_calls import requests_watch
from customers.privacy.retention import retention_run_due
from customers.privacy.services import erasures_run_due
from customers.services.bulk_undo import bulk_runs_forget
from customers.services.category_following import categories_follow
from customers.services.consent_seals import consent_seal
from customers.services.email_moves import email_moves_run_due
from customers.services.login_alerts import log_ins_tidy
from customers.services.own_activity import activity_receipts_forget
from customers.services.statistics import statistics_count_due
from customers.services.status import customers_reactivate_due


@shared_task(name="customers.make_partitions")
def make_partitions() -> None:
    partitions.make_partitions()


@shared_task(name="customers.seal_consents")
def seal_consents() -> None:
    """At most ten blocks a turn; a large import is sealed over the next turns."""
    for _turn in range(10):
        if consent_seal() == 0:
            break


@shared_task(name="customers.reactivate_due")
def reactivate_due() -> None:
    customers_reactivate_due()


@shared_task(name="customers.tidy_imports")
def tidy_imports() -> None:
    imports_tidy()


@shared_task(name="customers.find_duplicates")
def find_duplicates() -> None:
    duplicates_refresh()


@shared_task(name="customers.follow_categories")
def follow_categories() -> None:
    categories_follow()


@shared_task(name="customers.forget_bulk_runs")
def forget_bulk_runs() -> None:
    bulk_runs_forget()


@shared_task(name="customers.count_statistics")
def count_statistics() -> None:
    statistics_count_due()


@shared_task(name="customers.follow_merges")
def follow_merges() -> None:
    merges_follow()


@shared_task(name="customers.forget_receipts")
def forget_receipts() -> None:
    activity_receipts_forget()


@shared_task(name="customers.erase_due")
def erase_due() -> None:
    erasures_run_due()


@shared_task(name="customers.let_go")
def let_go() -> None:
    retention_run_due()


@shared_task(name="customers.watch_requests")
def watch_requests() -> None:
    requests_watch()


@shared_task(name="customers.move_emails")
def move_emails() -> None:
    email_moves_run_due()


@shared_task(name="customers.tidy_log_ins")
def tidy_log_ins() -> None:
    log_ins_tidy()
