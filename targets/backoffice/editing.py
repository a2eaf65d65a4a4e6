"""One visit to the builder: what was posted, what is saved, what is shown."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit.access import StaffRequest
from config.kit.errors import DomainError
from config.kit.pages import toast
from targets.backoffice.builder import GROUP_CHOICES, Builder
from targets.backoffice.changing import VERBS as CHANGE_VERBS
from targets.backoffice.changing import change_context
from targets.backoffice.conflicts import as_built, merged_with_theirs, show_conflict
from targets.backoffice.draft import (
    DraftGroup,
    DraftLeaf,
    DraftNode,
    Path,
    act,
    from_rule,
    node_at,
    path_of,
    put,
    require,
)
from targets.backoffice.library import add_preset, shelves
from targets.backoffice.posted import draft_from_post
from targets.catalog import Catalog
from targets.models import Target
from targets.reading import MOST_PARTS, rule_from_text
from targets.registry import uses_of, uses_seen
from targets.rules.problems import RuleRefused
from targets.selectors.addresses import rule_in_address
from targets.selectors.lists import picks_of
from targets.services.targets import target_create, target_update

SAVES = ("save", "save_as_new")


class Editing:
    """``target`` is None for a new one. GET shows, POST redraws, counts or saves."""

    template = "targets/builder.html"
    is_list_filter = False

    def __init__(self, request: StaffRequest, target: Target | None, *, post_url: str = "") -> None:
        self.request = request
        self.post_url = post_url or request.path
        self.target = target
        self.catalog = Catalog(own_slug=target.slug if target else "")
        self.problems: list[Any] = []
        self.touched: DraftNode | None = None
        self.json_text = ""
        self.errors: dict[str, str] = {}
        posted = request.POST
        self.token = _token(posted.get("token", ""))
        self.name = posted.get("name", target.name if target else "")
        self.description = posted.get("description", target.description if target else "")
        self.base_name = posted.get("base_name", target.name if target else "")
        self.base_description = posted.get("base_description", target.description if target else "")
        typed = posted.get("version", "")
        saved = target.version if target else 0
        self.version = int(typed) if typed.isdecimal() and len(typed) < 10 else saved

    @property
    def next_version(self) -> int:
        return self.version + 1

    def show(self, root: DraftGroup, *, status: int = 200) -> HttpResponse:
        """The whole page."""
        return self._render(self.template, root, status=status)

    def fresh(self) -> DraftGroup:
        """The draft at the beginning: the saved rule, or one empty condition."""
        if self.target is None:
            return DraftGroup("all", [DraftLeaf({}, is_open=True)])
        return from_rule(self.target.rule.get("rule", {"all": []}))

    def redraw(self) -> HttpResponse:
        """After a button: the builder with the change; with htmx only that part of the page."""
        verb, _colon, place = self.request.POST.get("do", "count").partition(":")
        root = draft_from_post(self.request.POST, self.catalog)
        status = 200
        if verb == "json":
            status, root = self._read_json(root)
        elif verb == "preset":
            add_preset(root, place, self.request.POST)
        elif verb == "include":
            self.touched = _including(root, path_of(place), self.catalog)
        elif verb == "move":
            self.touched = _dropped(root, place)
        else:
            self.touched = act(root, verb, path_of(place))
        is_part = bool(getattr(self.request, "htmx", False))
        if not is_part:
            return self.show(root, status=status)
        if verb in CHANGE_VERBS:
            return self._show_change(root)
        if verb in ("numbers", "exact"):
            return self._render("targets/builder_numbers.html", root)
        return self._render("targets/builder_body.html", root, status=status)

    def _read_json(self, root: DraftGroup) -> tuple[int, DraftGroup]:
        self.json_text = self.request.POST.get("json", "")
        try:
            rule = rule_from_text(self.json_text, self.catalog)
        except RuleRefused as refusal:
            self.problems = list(refusal.problems)
            return 422, root
        self.json_text = ""
        return 200, from_rule(rule.to_json()["rule"])

    def save(self, *, as_new: bool) -> HttpResponse:
        """Save and go to the target's page, or show what is in the way."""
        root = self._chosen_rule() or draft_from_post(self.request.POST, self.catalog)
        builder = Builder(root, self.catalog)
        if not builder.is_complete:
            self.errors["rule"] = builder.refusal or _("Finish or remove the marked conditions.")
            return self.show(root, status=422)
        try:
            target = self._write(builder.full_document, as_new=as_new)
        except RuleRefused as refusal:
            self.problems = list(refusal.problems)
            return self.show(root, status=422)
        except DomainError as refusal:
            if refusal.code == "target_changed":
                return self._with_theirs(root, builder.full_document)
            self.errors[refusal.field or "rule"] = refusal.message
            return self.show(root, status=422)
        toast(self.request, _("Saved. Its people are being found."))
        return HttpResponseRedirect(reverse("targets:target", args=[target.public_id]))

    def _chosen_rule(self) -> DraftGroup | None:
        """The rule that was picked on the conflict screen."""
        text = self.request.POST.get("rule", "")
        try:
            return from_rule(rule_from_text(text, self.catalog).to_json()["rule"]) if text else None
        except RuleRefused:
            return None

    def _write(self, document: dict[str, Any], *, as_new: bool) -> Target:
        user = self.request.user
        if self.target is None or as_new:
            name = self.name
            if self.target is not None and name.strip() == self.target.name:
                name = _("Copy of %(name)s") % {"name": name}
            return target_create(
                name=name,
                rule=document,
                description=self.description,
                picks_of=self.target,
                by=user,
            )
        return target_update(
            target=self.target,
            version=self.version,
            name=self.name,
            rule=document,
            description=self.description,
            by=user,
        )

    def _with_theirs(self, root: DraftGroup, document: dict[str, Any]) -> HttpResponse:
        """Somebody else saved in between: what differs goes together, what clashes is asked."""
        assert self.target is not None  # noqa: S101  only a saved target can have changed
        yours = {"name": self.name, "description": self.description, "rule": document}
        self.target.refresh_from_db()
        merge = merged_with_theirs(self.target, self.request.POST, yours, self.version)
        if merge.contested:
            return show_conflict(self.request, self.target, merge, self.catalog)
        self.version = self.target.version
        self.name, self.description = merge.parts["name"], merge.parts["description"]
        try:
            target = self._write(merge.parts["rule"], as_new=False)
        except DomainError as refusal:
            self.errors[refusal.field or "rule"] = refusal.message
            return self.show(root, status=422)
        toast(self.request, _("Saved together with what somebody else changed meanwhile."))
        return HttpResponseRedirect(reverse("targets:target", args=[target.public_id]))

    def _show_change(self, root: DraftGroup) -> HttpResponse:
        """What saving would do, alone."""
        builder = Builder(root, self.catalog, token=self.token)
        return render(self.request, "targets/change.html", self._change(builder))

    def _change(self, builder: Builder) -> dict[str, Any]:
        verb = self.request.POST.get("do", "")
        context = {"target": self.target, "post_url": self.post_url}
        if self.target is None or verb not in CHANGE_VERBS:
            return context
        found = change_context(
            self.target, builder, self.request.user, verb=verb, version=self.version
        )
        return context | found | {"change_known": True, "is_first_answer": verb == "change"}

    def _render(self, template: str, root: DraftGroup, *, status: int = 200) -> HttpResponse:
        builder = Builder(root, self.catalog, token=self.token, touched=self.touched)
        if self.request.POST.get("do") == "exact":
            builder.count_exactly()
        else:
            builder.count()
        saved = as_built(self.target.rule) if self.target else None
        uses = uses_of(self.target) if self.target else []
        is_dirty = builder.full_document != saved
        context = {
            **self._change(builder),
            "builder": builder,
            "group_choices": GROUP_CHOICES,
            "editing": self,
            "json_text": self.json_text or builder.text,
            "is_dirty": is_dirty,
            "picks": picks_of(self.target) if self.target else None,
            "starts": self.target is None
            and root == DraftGroup("all", [DraftLeaf({}, is_open=True)]),
            "shelves": shelves(self.request.POST),
            "left_out": left_out(self.request.GET.get("without", "")),
            "is_changed": self.target is not None and is_dirty and builder.is_complete,
            "followers": uses_seen([one for one in uses if one.follows], self.request.user),
        }
        return render(self.request, template, context, status=status)


def _including(root: DraftGroup, path: Path, catalog: Catalog) -> DraftNode | None:
    """Those of whom a negated condition cannot be said are not left out by it any more."""
    leaf = node_at(root, path)
    presence = Builder(root, catalog).presence(leaf) if isinstance(leaf, DraftLeaf) else None
    return require(root, path, presence) if presence else None


def _dropped(root: DraftGroup, text: str) -> DraftNode | None:
    """``n2_0>n1:3``: the node, and the group and place where it was dropped; "end" for the last."""
    moved, _arrow, where = text.partition(">")
    group, _colon, place = where.partition(":")
    at = int(place) if place.isdecimal() and len(place) < 5 else MOST_PARTS
    return put(root, path_of(moved), path_of(group), at)


def left_out(text: str) -> list[Any]:
    """The names of a list's filters that its rule cannot say, as people know them."""
    known = {"q": _("the search"), "place": _("Place"), "consent": _("E-mail")}
    known |= {"last_login": _("Last visit"), "registered": _("Registered")}
    return [known[name] for name in text.split(",") if name in known]


def shared_rule(request: HttpRequest) -> DraftGroup | None:
    """The draft of a rule that came in the address; None without a readable one."""
    text = request.GET.get("rule", "")
    if not text:
        return None
    try:
        return from_rule(rule_in_address(text).to_json()["rule"])
    except RuleRefused:
        return None


def _token(text: str) -> str:
    """The name under which previews of one builder replace each other."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())
