"""A short word on the next page, with a way back where there is one."""

from typing import Literal

from django.contrib import messages
from django.http import HttpRequest

LEVELS = {"success": messages.SUCCESS, "error": messages.ERROR, "info": messages.INFO}


def toast(
    request: HttpRequest,
    text: str,
    *,
    undo_url: str = "",
    level: Literal["success", "error", "info"] = "success",
) -> None:
    """Show ``text`` on the next page; ``undo_url`` gets a POST from its "Undo" button."""
    messages.add_message(
        request, LEVELS[level], text, extra_tags=f"undo:{undo_url}" if undo_url else ""
    )
