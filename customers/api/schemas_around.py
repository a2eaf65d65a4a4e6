"""The shapes of what stands around a person: notes, consents, activity."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as noop
from pydantic import AwareDatetime, Field, IPvAnyAddress, StringConstraints

from config.kit.api.schema import Incoming, Outgoing
from customers.api.schemas import ExternalIdIn

Body = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Channel = Literal["email", "sms", "whatsapp", "push", "post"]
Purpose = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
DatumName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
DatumText = Annotated[str, StringConstraints(max_length=500)]
KindKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,33}$")]


class NoteIn(Incoming):
    body: Body
    is_pinned: bool = False


class NotePatch(Incoming):
    body: Body


class NoteOut(Outgoing):
    id: UUID
    version: int = Field(description=noop("Send it back as If-Match to change the note."))
    body: str
    is_pinned: bool
    author: str = Field(description=noop("The member of staff; empty when a program wrote it."))
    created_at: datetime
    edited_at: datetime | None


class ConsentIn(Incoming):
    """What a person said, with the evidence of it."""

    channel: Channel
    purpose: Purpose = "marketing"
    value: Literal["granted", "withdrawn", "pending"]
    occurred_at: AwareDatetime = Field(description=noop("When the person said it."))
    evidence: Annotated[str, StringConstraints(max_length=2000)] = Field(
        "", description=noop("How it can be shown: required for a grant.")
    )
    wording: Annotated[str, StringConstraints(max_length=2000)] = Field(
        "", description=noop("The sentence that the person agreed to, word for word.")
    )
    policy_version: Annotated[str, StringConstraints(max_length=40)] = ""
    opt_in_level: Literal["single", "confirmed", "unknown"] = "single"
    ip: IPvAnyAddress | None = None


class StatementOut(Outgoing):
    channel: str
    purpose: str
    value: str
    source: str
    occurred_at: datetime
    recorded_at: datetime
    evidence: str
    wording: str
    policy_version: str
    opt_in_level: str


class StateOut(Outgoing):
    channel: str
    purpose: str
    value: str
    since: datetime
    source: str


class ConsentsOut(Outgoing):
    """What holds now, and everything that was said, newest first."""

    states: list[StateOut]
    statements: list[StatementOut]


class ActivityKindIn(Incoming):
    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    label_en: Annotated[str, StringConstraints(max_length=80)] = ""
    is_interaction: bool | None = Field(
        None,
        description=noop("Whether it counts as interaction; left out: as it is, at first yes."),
    )


class ActivityKindOut(Outgoing):
    key: str
    label: str
    label_en: str
    icon: str
    is_interaction: bool
    is_on: bool = Field(description=noop("Events of a kind that is off are refused."))


class ActivityEvent(Incoming):
    """Something that a person did. Name the person by one of the three."""

    kind: KindKey
    customer_id: UUID | None = None
    external_id: ExternalIdIn | None = None
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    occurred_at: AwareDatetime | None = Field(
        None, description=noop("When it happened; left out: now. The time of receipt is kept too.")
    )
    id: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description=noop("Your own id: the same one is recorded once within 30 days.")
    )
    data: Annotated[
        dict[DatumName, DatumText | int | float | bool | None], Field(max_length=20)
    ] = {}


class ActivityBatch(Incoming):
    events: Annotated[list[ActivityEvent], Field(min_length=1, max_length=1000)]


class ActivityTaken(Outgoing):
    received: int
    recorded: int
    repeated: int = Field(description=noop("Their ids were recorded before."))
