"""What witnesses of this app's filters are called and where they are seen."""

from datetime import datetime

from customers.registry import timeline
from targets.evidence import Witness


def activity_witness(pk: int, kind: str, at: datetime, *, detail: str = "") -> Witness:
    """A row of the activity log."""
    known = timeline.get(kind)
    label = str(known.label) if known else kind
    return Witness(kind="activity", id=pk, label=f"{label} ({detail})" if detail else label, at=at)
