"""What an erasure would do, counted to the row and said in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.models import Customer
from customers.privacy.registry import personal_tables
from customers.privacy.services import erasure_count


@dataclass(frozen=True, kw_only=True)
class ErasureLine:
    """``fate``: what happens to these rows; ``why`` something of them stays."""

    label: str
    rows: int
    fate: str
    tone: str
    why: str


def erasure_lines(customer: Customer) -> list[ErasureLine]:
    """One line per kind of data that the person has; queues of the machine are left out."""
    fates = {
        "delete": (_("Deleted"), "danger"),
        "blank": (_("Emptied"), "warning"),
        "keep": (_("Stays without a name"), "neutral"),
    }
    counts = erasure_count(customer)
    lines: dict[str, ErasureLine] = {}
    for one in personal_tables():
        rows = counts.get(one.table, 0)
        if not rows or not one.label:
            continue
        known = lines.get(str(one.label))
        fate, tone = fates[one.erasing]
        lines[str(one.label)] = ErasureLine(
            label=str(one.label),
            rows=rows + (known.rows if known else 0),
            fate=fate,
            tone=tone,
            why=str(one.why),
        )
    return sorted(lines.values(), key=lambda line: (line.tone != "danger", -line.rows))
