"""The certificate of an erasure, as a PDF: what was done, what stays and why, and its seal."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.lazy import lazy_module
from config.kit.pages import formats
from customers.models import Erasure
from customers.privacy.registry import personal_tables
from customers.privacy.services import kept_reasons

if TYPE_CHECKING:
    import fpdf
else:
    fpdf = lazy_module("fpdf")

FONT: Final = "Helvetica"
LABEL_WIDTH: Final = 62


def certificate_pdf(erasure: Erasure) -> bytes:
    """One or two pages of A4. Names nobody: it is told to be a person's by the digest."""
    pdf = fpdf.FPDF(format="A4")
    pdf.set_title(_("Certificate of erasure"))
    pdf.set_author(settings.SITE_NAME)
    pdf.set_creation_date(erasure.erased_at)
    pdf.set_margins(22, 24, 22)
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.add_page()
    _line(pdf, settings.SITE_NAME, size=10, color=97)
    _line(pdf, _("Certificate of erasure"), size=20, style="B", after=6)
    for label, value in _facts(erasure):
        _row(pdf, label, value)
    _heading(pdf, _("What was erased"))
    for label, count in _erased(erasure):
        _row(pdf, label, count)
    _heading(pdf, _("What stays, and why"))
    for label, why in kept_reasons(erasure.report).items():
        _row(pdf, label, why)
    _heading(pdf, _("Proof"))
    _line(pdf, seal_of(erasure), size=8, style="", after=2)
    _line(pdf, _("This seal is made of the facts above with the key of the installation."), size=8)
    return bytes(pdf.output())


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


def _heading(pdf: "fpdf.FPDF", text: str) -> None:
    pdf.ln(5)
    _line(pdf, text, size=12, style="B", after=2)


def _row(pdf: "fpdf.FPDF", label: str, value: str) -> None:
    top = pdf.get_y()
    pdf.set_font(FONT, size=9)
    pdf.set_text_color(97)
    pdf.multi_cell(
        LABEL_WIDTH, 5, _latin(label), new_x=fpdf.XPos.RIGHT, new_y=fpdf.YPos.TOP, align="L"
    )
    pdf.set_text_color(21)
    pdf.set_xy(pdf.l_margin + LABEL_WIDTH + 2, top)
    pdf.multi_cell(0, 5, _latin(value), new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT, align="L")
    pdf.ln(1)


def _line(
    pdf: "fpdf.FPDF", text: str, *, size: int, style: str = "", color: int = 21, after: int = 1
) -> None:
    pdf.set_font(FONT, style=style, size=size)
    pdf.set_text_color(color)
    pdf.multi_cell(
        0, size * 0.5, _latin(text), new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT, align="L"
    )
    pdf.ln(after)


def _latin(text: str) -> str:
    """The fonts that every reader has know Western European letters."""
    return text.replace("\u202f", " ").encode("cp1252", "replace").decode("cp1252")
