"""The kinds of jobs: what runs, under which title, on which queue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from config.kit.access import StaffUser
from config.kit.jobs.run import JobRun
from config.kit.models import Job
from config.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class JobUndo:
    """How a job is taken back: a POST to ``url``; ``refusal`` says why that cannot be now.

    ``done_url`` leads to the job that did it.
    """

    url: str
    until: datetime
    refusal: str = ""
    done_url: str = ""


Outcome = Callable[[dict[str, Any]], list[tuple[str | Promise, int]]]
Runner = Callable[[JobRun], dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class JobKind:
    key: str
    title: str | Promise
    run: Runner
    queue: str
    icon: str
    permission: str
    result_url: Callable[[dict[str, Any]], str | None] | None
    undo: Callable[[Job, StaffUser], JobUndo | None] | None = None
    outcome: Outcome | None = None


kinds: Registry[JobKind] = Registry("jobs")


def job_kind(
    key: str,
    *,
    title: str | Promise,
    queue: str = "jobs",
    icon: str = "clock",
    permission: str = "",
    result_url: Callable[[dict[str, Any]], str | None] | None = None,
    undo: Callable[[Job, StaffUser], JobUndo | None] | None = None,
    outcome: Outcome | None = None,
) -> Callable[[Runner], Runner]:
    """Register a resumable function: after a kill it runs again with its checkpoint.

    ``permission`` lets staff who hold it see the jobs of others of this kind. ``result_url`` makes
    a link to what the job worked on out of its params. ``undo`` finds its way back,
    ``outcome`` words the numbers of its result.
    """

    def wrap(run: Runner) -> Runner:
        kinds.register(
            key,
            JobKind(
                key=key,
                title=title,
                run=run,
                queue=queue,
                icon=icon,
                permission=permission,
                result_url=result_url,
                undo=undo,
                outcome=outcome,
            ),
        )
        return run

    return wrap
