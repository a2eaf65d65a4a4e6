"""The shapes in which programs get targets and their members."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop
from pydantic import AwareDatetime, Field

from config.kit.api.schema import Incoming, Outgoing


class TargetOut(Outgoing):
    slug: str
    name: str
    description: str
    rule: dict[str, Any]
    members_count: int
    evaluated_at: datetime | None = Field(
        description=noop("The instant up to which the members stand.")
    )


class MembersQuery(Incoming):
    as_of: AwareDatetime | None = Field(
        None, description=noop("A past instant: who was a member then.")
    )
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    after: str = ""


class MemberOut(Outgoing):
    id: UUID
    email: str = Field(description=noop("Empty when the token may not read customers."))


class MembersOut(Outgoing):
    items: list[MemberOut]
    next: str | None = Field(description=noop("Send it as `after` to get the next page."))
