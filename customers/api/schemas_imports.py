"""The shapes of an import: what the file has, what becomes of it, how far it is."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as noop
from pydantic import Field, StringConstraints

from config.kit.api.schema import Incoming, Outgoing

Policy = Literal["overwrite", "clear", "fill", "skip"]
State = Literal[
    "uploaded", "staging", "review", "applying", "applied", "undoing", "undone", "failed"
]


class ColumnIn(Incoming):
    """``name`` is the column of the file; ``field`` what it becomes, empty for nothing."""

    name: Annotated[str, StringConstraints(max_length=500)]
    field: Annotated[str, StringConstraints(max_length=120)] | None = None
    policy: Policy | None = Field(
        None, description=noop("What happens to those who exist already.")
    )


class ConsentAnswer(Incoming):
    mode: Literal["no", "column", "yes"] = Field(
        description=noop("Whether these people agreed to marketing e-mails.")
    )
    evidence: Annotated[str, StringConstraints(max_length=2000)] = ""


class FormatIn(Incoming):
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[",", "."] | None = None


class PlanIn(Incoming):
    """Columns that are not named stay as they were recognised."""

    consent: ConsentAnswer
    columns: Annotated[list[ColumnIn], Field(max_length=500)] = []
    update: bool = Field(False, description=noop("Change those who exist already."))
    match: Literal["", "id_number", "phone"] = Field(
        "",
        description=noop("By what people are recognised whom no code and no e-mail tells."),
    )
    activate: bool = False
    mail: bool = Field(False, description=noop("Send new customers a link to set a password."))
    tag: Annotated[str, StringConstraints(max_length=80)] = ""
    category: Annotated[str, StringConstraints(max_length=60)] = Field(
        "", description=noop("The code of a category.")
    )
    format: FormatIn = FormatIn()


class ColumnOut(Outgoing):
    name: str
    field: str
    policy: str
    samples: list[str]
    is_recognised: bool


class Counts(Outgoing):
    rows: int = 0
    create: int = 0
    update: int = 0
    unchanged: int = 0
    conflict: int = 0
    reject: int = 0
    undone: int = 0
    held: int = 0


class Progress(Outgoing):
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    stage: str
    done: int
    total: int | None
    failure: str


class ImportOut(Outgoing):
    id: UUID
    file_name: str
    state: State
    columns: list[ColumnOut]
    counts: Counts
    progress: Progress | None = Field(description=noop("The job that is at work, or was last."))
    created_at: datetime
    staged_at: datetime | None
    applied_at: datetime | None
    undone_at: datetime | None


class RowsQuery(Incoming):
    result: Literal["create", "update", "unchanged", "conflict", "reject"] | None = None
    after: int = Field(0, ge=0, description=noop("The line behind which to go on."))
    limit: int = Field(50, ge=1, le=200)


class RowError(Outgoing):
    column: str
    reason: str


class RowOut(Outgoing):
    line: int
    result: str
    email: str
    before: dict[str, Any]
    after: dict[str, Any]
    errors: list[RowError]


class RowsOut(Outgoing):
    items: list[RowOut]
    next: int | None = Field(description=noop("Send it as `after` to get the next page."))
