"""The page of a form, and the screens that stand beside it: conflict and confirmation."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.forms import BaseForm, BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from config.kit.pages.pieces import Link, Text
from config.kit.texts import fold


@dataclass(frozen=True)
class Wide:
    """A field that spans two or three of the three columns."""

    name: str
    span: int = 2


@dataclass(frozen=True)
class Section:
    legend: Text
    help: Text = ""
    fields: Sequence[str | Wide] = ()


@dataclass(frozen=True)
class PlacedField:
    bound: BoundField
    span: int


@dataclass(frozen=True)
class PlacedSection:
    legend: Text
    help: Text
    fields: list[PlacedField]


@dataclass
class FormPage:
    """``version`` comes back as the posted field ``version``: compare it before you write.

    ``draft`` is the key under which the browser keeps what is typed until ``draft_done`` of it.
    """

    form: BaseForm
    title: Text
    back: Link
    submit: Text = field(default_factory=lambda: _("Save"))
    sections: Sequence[Section] = ()
    cancel_url: str = ""
    version: str = ""
    draft: str = ""
    intro: Text = ""
    template_name: str = "kit/form.html"

    def response(self, request: HttpRequest, context: dict[str, Any] | None = None) -> HttpResponse:
        """200 for a fresh form, 422 for one with errors; values are kept."""
        status = 422 if self.form.is_bound and self.form.errors else 200
        values = {**(context or {}), "page": self, "form": self.form}
        return render(request, self.template_name, values, status=status)

    @property
    def placed(self) -> list[PlacedSection]:
        """The sections with their bound fields; a field that the form lacks is left out."""
        sections = self.sections or [
            Section("", "", [one.name for one in self.form.visible_fields()])
        ]
        return [PlacedSection(one.legend, one.help, self._fields(one)) for one in sections]

    def _fields(self, section: Section) -> list[PlacedField]:
        wide = [one if isinstance(one, Wide) else Wide(one, 1) for one in section.fields]
        return [
            PlacedField(self.form[one.name], one.span)
            for one in wide
            if one.name in self.form.fields
        ]

    @property
    def leave_url(self) -> str:
        return self.cancel_url or self.back.url


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed meanwhile; the person picks ``yours`` or ``theirs``.

    ``*_value`` is what is posted for the field; the texts are what is read.
    """

    name: str
    label: Text
    base: str
    yours: str
    theirs: str
    yours_value: str | None = None
    theirs_value: str | None = None

    @property
    def posts_yours(self) -> str:
        return self.yours if self.yours_value is None else self.yours_value

    @property
    def posts_theirs(self) -> str:
        return self.theirs if self.theirs_value is None else self.theirs_value


def conflict_response(
    request: HttpRequest,
    *,
    form: BaseForm,
    conflicts: Sequence[Conflict],
    version: str,
    back: Link,
    by: str = "",
    at: datetime | None = None,
    data: QueryDict | None = None,
) -> HttpResponse:
    """409: both values of each field; sends the chosen ones with the new version to this URL.

    The other fields are sent as they stand in ``data``, or else as they were posted.
    """
    posted = request.POST if data is None else data
    names = {form[one.name].html_name for one in conflicts}
    kept = [
        (key, value)
        for key in posted
        if key not in names and key not in ("csrfmiddlewaretoken", "version")
        for value in posted.getlist(key)
    ]
    context = {
        "conflicts": [(form[one.name].html_name, one) for one in conflicts],
        "kept": kept,
        "version": version,
        "back": back,
        "by": by,
        "at": at,
    }
    return render(request, "kit/conflict.html", context, status=409)


def confirm_response(
    request: HttpRequest,
    *,
    title: Text,
    text: Text,
    submit: Text,
    back: str,
    danger: bool = True,
    phrase: str = "",
    fields: Mapping[str, str] | None = None,
    form: BaseForm | None = None,
    points: Sequence[Text] = (),
    status: int = 200,
) -> HttpResponse:
    """Names the consequence before it happens; posts ``confirmed=1`` to this URL.

    ``points`` are consequences that stand under the text, one a line.

    ``phrase`` must be typed when there is no way back. htmx gets it as a dialog.

    Without ``submit`` it only says why the thing cannot be done.
    """
    was_wrong = request.method == "POST" and request.POST.get("confirmed") == "1"
    context = {
        "title": title,
        "text": text,
        "submit": submit,
        "back": back,
        "danger": danger,
        "phrase": phrase,
        "fields": (fields or {}).items(),
        "form": form,
        "points": points,
        "is_wrong": was_wrong and bool(phrase),
        "action": request.get_full_path(),
    }
    is_dialog = getattr(getattr(request, "htmx", None), "target", None) == "dialog-body"
    name = "kit/confirm_dialog.html" if is_dialog else "kit/confirm.html"
    return render(request, name, context, status=422 if was_wrong and status == 200 else status)


def confirmed(request: HttpRequest, phrase: str = "") -> bool:
    """Whether the confirmation was posted, with the phrase where one is asked for.

    Case and accents do not count: on a phone they are a nuisance to type.
    """
    if request.method != "POST" or request.POST.get("confirmed") != "1":
        return False
    typed = request.POST.get("phrase", "").strip()
    return not phrase or hmac.compare_digest(fold(typed).encode(), fold(phrase).encode())
