"""The job that writes the selected customers to a file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit import clock
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from customers.backoffice.index import CustomerIndex
from customers.exporting.resources import FORMATS
from customers.exporting.services import EXPORT, export_record
from customers.exporting.writing import write_export


@job_kind(EXPORT, title=_("Export customers"), icon="file-export")
def export(run: JobRun) -> dict[str, Any]:
    params = run.params
    kind = params["kind"]
    customers = CustomerIndex.selected(params["selection"], user=run.job.requested_by)
    path = run.new_file(f"customers-{clock.today().isoformat()}.{kind}")
    total = customers.order_by().count()
    count = write_export(
        customers,
        path,
        kind=kind,
        bom=params["bom"],
        sensitive=params["sensitive"],
        progress=lambda done: run.progress(done, total),
    )
    run.keep_file(path, content_type=FORMATS[kind])
    export_record(
        by=run.job.requested_by, rows=count, data={"filter": params["selection"], "format": kind}
    )
    return {"rows": count}
