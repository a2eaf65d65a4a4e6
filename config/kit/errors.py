"""A refusal that a person can understand and act on; anything else is a bug and stays one."""

from collections.abc import Mapping
from typing import Any

from django import forms


class DomainError(Exception):
    """A rule said no: ``code`` for programs, ``message`` for people, ``field`` where it belongs."""

    def __init__(
        self, code: str, message: str, *, field: str | None = None, data: Mapping[str, Any] = {}
    ) -> None:
        super().__init__(code)
        self.code = str(code)
        self.message = message
        self.field = field
        self.data = dict(data)

    def add_to(self, form: forms.BaseForm) -> None:
        """Show the refusal at its field of the form, or on top when the form lacks it."""
        form.add_error(self.field if self.field in form.fields else None, self.message)
