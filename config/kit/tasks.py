"""Celery tasks of the kit: thin, idempotent, for work that stands in PostgreSQL."""

from celery import shared_task

from config.kit import audit, daily, notices, outbox, ratelimit
from config.kit.backoffice.checks import check_start
from config.kit.jobs import services as jobs


@shared_task(name="kit.dispatch_outbox")
def dispatch_outbox() -> None:
    while outbox.dispatch() == 500:
        continue


@shared_task(name="kit.run_jobs")
def run_jobs(queue: str = "jobs") -> None:
    jobs.jobs_run_due(queue=queue)


@shared_task(name="kit.tidy_up")
def tidy_up() -> None:
    jobs.job_files_expire()
    jobs.jobs_forget()
    ratelimit.forget()
    notices.notices_forget()
    audit.seal()


@shared_task(name="kit.gather_daily_counts")
def gather_daily_counts() -> None:
    daily.counts_gather()


@shared_task(name="kit.check_invariants")
def check_invariants() -> None:
    check_start()
