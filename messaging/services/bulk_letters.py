"""The same plain mail to some people: a job that tells apart whom no mail goes to.

It is for what concerns these people; what is for many is a campaign, with consents and a way out.
"""

from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import audit
from config.kit.errors import DomainError
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from customers.models import Customer, User
from messaging.services.letters import letter_send, refuse_wrong_address

JOB: Final = "messaging.letters"
MOST: Final = 200
CHUNK: Final = 20


@transaction.atomic
def letters_start(
    *,
    selection: dict[str, Any],
    count: int,
    title: str,
    subject: str,
    body: str,
    reply_to: str,
    by: User,
    request: HttpRequest | None = None,
) -> Job:
    """
    :raises DomainError: more people than a plain mail is for, a wrong address for the answers.
    """
    if count > MOST:
        text = ngettext(
            "A plain mail goes to at most %(most)d customer. For more make a campaign.",
            "A plain mail goes to at most %(most)d customers. For more make a campaign.",
            MOST,
        )
        raise DomainError("letters_too_many", text % {"most": MOST})
    refuse_wrong_address(reply_to)
    words = {"subject": subject, "body": body, "reply_to": reply_to or by.email}
    job = job_start(
        kind=JOB, params={"selection": selection, "by": by.pk, **words}, by=by, title=title
    )
    audit.record(
        "messaging.letters.written",
        actor=by,
        data={"job": str(job.public_id), "count": count, "selection": selection},
        request=request,
    )
    return job


def letters_send(run: JobRun, rows: "QuerySet[Customer]", by: User) -> dict[str, int]:
    """Write to each, a chunk a transaction: after a kill it goes on where it was."""
    if "total" not in run.state:
        run.save_state(total=rows.order_by().count(), last=0, done=0, sent=0)
    if run.state["total"] > MOST:
        raise DomainError("letters_too_many", _("More people match now than a plain mail is for."))
    while chunk := list(rows.filter(pk__gt=run.state["last"]).order_by("pk")[:CHUNK]):
        _send_chunk(run, chunk, by)
        run.progress(run.state["done"], max(run.state["total"], run.state["done"]))
    _forget_words(run)
    return {"sent": run.state["sent"], "left": run.state["done"] - run.state["sent"]}


def _forget_words(run: JobRun) -> None:
    """Each mail has them now, and forgets them with the retention of mails to one person."""
    kept = {name: run.params[name] for name in ("selection", "by")}
    Job.objects.filter(pk=run.job.pk).update(params=kept)


@transaction.atomic
def _send_chunk(run: JobRun, chunk: list[Customer], by: User) -> None:
    sent = sum(_send(run, customer, by) for customer in chunk)
    run.save_state(
        last=chunk[-1].pk, done=run.state["done"] + len(chunk), sent=run.state["sent"] + sent
    )


def _send(run: JobRun, customer: Customer, by: User) -> bool:
    words = {name: run.params[name] for name in ("subject", "body", "reply_to")}
    try:
        with transaction.atomic():
            letter_send(customer=customer, by=by, **words)
    except DomainError as refusal:
        run.error(refusal.message, column=str(customer))
        return False
    return True
