"""Jobs over a selection of the list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from customers.backoffice.index import CustomerIndex
from customers.services.bulk import change_selected


@job_kind("customers.change_many", title=_("Changing customers"), icon="users")
def change_many(job: JobRun) -> dict[str, Any]:
    """Change the selected people; see ``customers.services.bulk``."""
    return change_selected(job, CustomerIndex.selected(job.params["selection"]))
