"""The receipt of a consent, as a PDF."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from config.kit.pages import formats
from customers.privacy.paper import Paper
from customers.selectors.receipts import Receipt
from customers.services.consent_seals import SealProof


def receipt_name(receipt: Receipt) -> str:
    """What the file is called, in the reader's language."""
    return _("receipt-%(number)s") % {"number": receipt.number}


def receipt_pdf(receipt: Receipt, *, for_staff: bool) -> bytes:
    """One page of A4. Which colleague noted a statement is told to staff only."""
    paper = Paper(_("Receipt of a consent"), made_at=receipt.event.recorded_at)
    for label, value in _facts(receipt, for_staff=for_staff):
        paper.row(label, value)
    paper.heading(_("Proof"))
    if receipt.proof is None:
        paper.line(_("The seal is set within a minute. Ask for the receipt again then."), size=9)
        return paper.bytes()
    for label, value in _proof(receipt.proof):
        paper.row(label, value)
    paper.line(_("How to check it"), size=9, style="B")
    paper.line(
        _(
            "SHA-256 over this line gives the seal. The line begins with the seal before it: "
            "whoever changes a statement breaks every seal after it."
        ),
        size=8,
    )
    paper.line(receipt.proof.line, size=7)
    return paper.bytes()


def _facts(receipt: Receipt, *, for_staff: bool) -> Iterator[tuple[str, str]]:
    told, event = receipt.statement, receipt.event
    yield _("Number"), receipt.number
    yield _("Person"), str(receipt.customer)
    if receipt.address:
        yield _("Address today"), receipt.address
    yield _("Statement"), told.value
    yield _("Channel"), told.channel
    yield _("Purpose"), told.purpose
    yield _("Words"), event.wording or _("None were noted.")
    yield _("Privacy policy"), event.policy_version or _("None was noted.")
    yield _("Where it was said"), told.source
    if for_staff and told.actor:
        yield _("Noted by"), told.actor
    yield _("Said on"), formats.moment(event.occurred_at)
    yield _("Noted on"), formats.moment(event.recorded_at)
    yield _("How sure"), receipt.level
    if event.evidence:
        yield _("Evidence"), event.evidence
    if event.ip:
        yield _("IP address"), event.ip
    if told.device:
        yield _("Device"), told.device


def _proof(proof: SealProof) -> Iterator[tuple[str, str]]:
    yield _("Place in the chain"), formats.number(proof.number)
    yield _("Sealed on"), formats.moment(proof.sealed_at)
    yield _("Seal"), proof.digest
    yield (
        _("Checked when this was made"),
        _("It holds.") if proof.holds else _("It does not hold: the statement was changed."),
    )
