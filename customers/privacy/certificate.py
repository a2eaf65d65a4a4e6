"""The certificate of an erasure, as a PDF: what was done, what stays and why, and its seal."""

import hashlib
import hmac
import json

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.pages import formats
from customers.models import Erasure
from customers.privacy.paper import Paper
from customers.privacy.registry import personal_tables
from customers.privacy.services import kept_reasons


def certificate_pdf(erasure: Erasure) -> bytes:
    """One or two pages of A4. Names nobody: it is told to be a person's by the digest."""
    paper = Paper(_("Certificate of erasure"), made_at=erasure.erased_at)
    for label, value in _facts(erasure):
        paper.row(label, value)
    paper.heading(_("What was erased"))
    for label, count in _erased(erasure):
        paper.row(label, count)
    paper.heading(_("What stays, and why"))
    for label, why in kept_reasons(erasure.report).items():
        paper.row(label, why)
    paper.heading(_("Proof"))
    paper.line(seal_of(erasure), size=8, after=2)
    paper.line(_("This seal is made of the facts above with the key of the installation."), size=8)
    return paper.bytes()


def seal_of(erasure: Erasure) -> str:
    """Changes with any fact of the certificate; only this installation can make it."""
    facts = json.dumps(
        [
            str(erasure.public_id),
            erasure.ground,
            erasure.requested_at.isoformat(),
            erasure.erased_at.isoformat() if erasure.erased_at else "",
            erasure.report,
            erasure.proof,
        ],
        sort_keys=True,
    )
    return hmac.new(settings.SECRET_KEY.encode(), facts.encode(), hashlib.sha256).hexdigest()


def _facts(erasure: Erasure) -> list[tuple[str, str]]:
    return [
        (_("Number"), str(erasure.public_id)),
        (_("Ground"), str(Erasure.Ground(erasure.ground).label)),
        (_("Asked for"), formats.moment(erasure.requested_at)),
        (_("Erased"), formats.moment(erasure.erased_at)),
        (_("Digest of the first address"), erasure.proof or _("There was none.")),
    ]


def _erased(erasure: Erasure) -> list[tuple[str, str]]:
    """Rows by what they are called, of the tables whose rows were deleted or blanked."""
    totals: dict[str, int] = {}
    for one in personal_tables():
        rows = erasure.report.get(one.table, 0)
        if rows and one.label and one.erasing != "keep":
            totals[str(one.label)] = totals.get(str(one.label), 0) + rows
    if erasure.report.get("files"):
        totals[_("Files")] = erasure.report["files"]
    return [(label, formats.number(count)) for label, count in sorted(totals.items())]
