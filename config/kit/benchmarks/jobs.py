"""Jobs of the past, for the list of jobs."""

from datetime import timedelta
from typing import Final

from config.kit import clock
from config.kit.models import Job

MOST: Final = 20_000


def prepare_jobs(size: int) -> None:
    """Enough of them that a list without an index would show it."""
    now = clock.now()
    Job.objects.bulk_create(
        [
            Job(
                kind="customers.export",
                title=f"Bench {number}",
                state=Job.State.FAILED if number % 50 == 0 else Job.State.SUCCEEDED,
                created_at=now - timedelta(minutes=number + 5),
                started_at=now - timedelta(minutes=number + 4),
                finished_at=now - timedelta(minutes=number + 3),
            )
            for number in range(min(size, MOST) - Job.objects.count())
        ],
        batch_size=2000,
    )
