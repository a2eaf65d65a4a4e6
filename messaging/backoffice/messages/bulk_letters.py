"""The same plain mail to ticked people: the action of the customers list and its job."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.pages import BulkAction, IndexPage, Selection, formats, toast
from customers import registry as customers
from customers.models import User
from messaging.backoffice.messages.letters import WRITE, LetterForm
from messaging.services.bulk_letters import JOB, letters_send, letters_start


def write_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    count = selection.expected or 0 if selection.covers_all else len(selection.ids)
    title = ngettext("Writing to %(n)s customer", "Writing to %(n)s customers", count)
    letters_start(
        selection=selection.to_params(),
        count=count,
        title=title % {"n": formats.number(count)},
        by=cast("User", request.user),
        request=request,
        **data,
    )
    toast(request, _("It is being done. The tray shows how far it is."), level="info")
    return None


def _outcome(result: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(lazy("Mails on their way"), result["sent"]), (lazy("Not written to"), result["left"])]


@job_kind(JOB, title=lazy("Writing to customers"), icon="mail", permission=WRITE, outcome=_outcome)
def write(run: JobRun) -> dict[str, int]:
    """Write to the selected people; see ``messaging.services.bulk_letters``."""
    by = User.objects.get(pk=run.params["by"])
    listed = IndexPage.of_key("customers")
    if listed is None:
        raise LookupError("customers")
    return letters_send(run, listed.selected(run.params["selection"], user=by), by)


def register_all() -> None:
    customers.bulk_actions.register(
        "write",
        BulkAction("write", lazy("Send message"), "mail", WRITE, write_selected, form=LetterForm),
    )
