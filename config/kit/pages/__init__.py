"""The shapes of the back office's screens: list, record, form, and what they are made of."""

from config.kit.pages import charts
from config.kit.pages.cells import Bar, Money, Percent, Person, Status, Tag, Tags, TwoLines
from config.kit.pages.drafts import draft_done
from config.kit.pages.forms import (
    Conflict,
    FormPage,
    Section,
    Wide,
    confirm_response,
    confirmed,
    conflict_response,
)
from config.kit.pages.index import IndexPage
from config.kit.pages.keyset import Sort
from config.kit.pages.listing import BulkAction, Column, View
from config.kit.pages.pieces import (
    Action,
    Badge,
    Change,
    Copy,
    EmptyState,
    Fact,
    Link,
    Segment,
    TimelineEntry,
)
from config.kit.pages.races import Shown, race, shown_read, shown_text
from config.kit.pages.record import Panel, RecordPage
from config.kit.pages.row_form import RowForm
from config.kit.pages.selection import Selection
from config.kit.pages.toasts import toast

__all__ = [
    "Action",
    "Badge",
    "Bar",
    "BulkAction",
    "Change",
    "Column",
    "Conflict",
    "Copy",
    "EmptyState",
    "Fact",
    "FormPage",
    "IndexPage",
    "Link",
    "Money",
    "Panel",
    "Percent",
    "Person",
    "RecordPage",
    "RowForm",
    "Section",
    "Segment",
    "Selection",
    "Shown",
    "Sort",
    "Status",
    "Tag",
    "Tags",
    "TimelineEntry",
    "TwoLines",
    "View",
    "Wide",
    "charts",
    "confirm_response",
    "confirmed",
    "conflict_response",
    "draft_done",
    "race",
    "shown_read",
    "shown_text",
    "toast",
]
