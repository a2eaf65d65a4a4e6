"""A worker process of the tests: runs the due jobs of the database named in JOB_DATABASE."""

import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["JOB_DATABASE"]
    django.setup()

    from config.kit.jobs import services
    from config.kit.jobs.registry import job_kind
    from config.kit.jobs.run import JobRun

    @job_kind("tests.slow_count", title="Counting slowly")
    def count(job: JobRun) -> None:
        for number in range(job.state.get("at", 0), job.params["to"]):
            job.save_state(at=number + 1)
            job.progress(number + 1, job.params["to"])
            print(number + 1, flush=True)
            time.sleep(0.02)

    services.jobs_run_due(queue="jobs")


if __name__ == "__main__":
    main()
