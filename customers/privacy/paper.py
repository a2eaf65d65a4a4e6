"""A plain A4 document with the shop's name: headings, rows of a label and a text, lines."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse

from config.kit.lazy import lazy_module

if TYPE_CHECKING:
    import fpdf
else:
    fpdf = lazy_module("fpdf")

FONT: Final = "Helvetica"
LABEL_WIDTH: Final = 62
GREY: Final = 97
BLACK: Final = 21


class Paper:
    """``made_at`` stands in the file, so that the same facts give the same bytes."""

    def __init__(self, title: str, *, made_at: datetime | None) -> None:
        self.pdf = fpdf.FPDF(format="A4")
        self.pdf.set_title(title)
        self.pdf.set_author(settings.SITE_NAME)
        self.pdf.set_creation_date(made_at)
        self.pdf.set_margins(22, 24, 22)
        self.pdf.set_auto_page_break(auto=True, margin=20)
        self.pdf.add_page()
        self.line(settings.SITE_NAME, size=10, color=GREY)
        self.line(title, size=20, style="B", after=6)

    def heading(self, text: str) -> None:
        self.pdf.ln(5)
        self.line(text, size=12, style="B", after=2)

    def row(self, label: str, value: str) -> None:
        pdf = self.pdf
        top = pdf.get_y()
        pdf.set_font(FONT, size=9)
        pdf.set_text_color(GREY)
        pdf.multi_cell(
            LABEL_WIDTH, 5, _latin(label), new_x=fpdf.XPos.RIGHT, new_y=fpdf.YPos.TOP, align="L"
        )
        pdf.set_text_color(BLACK)
        pdf.set_xy(pdf.l_margin + LABEL_WIDTH + 2, top)
        pdf.multi_cell(
            0, 5, _latin(value), new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT, align="L"
        )
        pdf.ln(1)

    def line(
        self, text: str, *, size: int, style: str = "", color: int = BLACK, after: int = 1
    ) -> None:
        self.pdf.set_font(FONT, style=style, size=size)
        self.pdf.set_text_color(color)
        self.pdf.multi_cell(
            0, size * 0.5, _latin(text), new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT, align="L"
        )
        self.pdf.ln(after)

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())


def _latin(text: str) -> str:
    """The fonts that every reader has know Western European letters."""
    return text.replace("\u202f", " ").encode("cp1252", "replace").decode("cp1252")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """The document as a file that the browser saves under this name."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
