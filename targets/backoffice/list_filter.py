"""The builder as a filter of the customers list: the rule goes into the address, not saved."""

import json
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit.access import StaffRequest
from customers import registry as customers
from targets.backoffice.builder import Builder
from targets.backoffice.draft import DraftGroup, DraftLeaf, from_rule
from targets.backoffice.editing import Editing
from targets.backoffice.list_rules import rule_of
from targets.backoffice.posted import draft_from_post
from targets.rules.problems import RuleRefused
from targets.rules.tree import VERSION
from targets.selectors.addresses import rule_in_address
from targets.services.addresses import rule_keep

LONGEST_ADDRESS = 3_500
LONGEST_LINK = 1_200


class ListFiltering(Editing):
    """``state`` is the list's address, its filters among it; "Cancel" leads back to it."""

    template = "targets/list_filter.html"
    is_list_filter = True

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request, None)
        sent = request.POST if request.method == "POST" else request.GET
        self.state = QueryDict(sent.get("state", "")[:LONGEST_ADDRESS], mutable=True)

    @property
    def state_text(self) -> str:
        return self.state.urlencode()

    @property
    def list_url(self) -> str:
        url, query = reverse("customers:list"), self.state_text
        return f"{url}?{query}" if query else url

    def fresh(self) -> DraftGroup:
        """The rule that filters the list now, or one empty condition."""
        try:
            rule = rule_in_address(self.state.get("rule", ""), self.catalog)
        except RuleRefused:
            return DraftGroup("all", [DraftLeaf({}, is_open=True)])
        return from_rule(rule.to_json()["rule"])

    def apply(self) -> HttpResponse:
        """To the list, with this rule and its other filters, or what is in the way."""
        root = draft_from_post(self.request.POST, self.catalog)
        builder = Builder(root, self.catalog)
        if not builder.is_complete or builder.rule is None:
            self.errors["rule"] = builder.refusal or _("Finish or remove the marked conditions.")
            return self.show(root, status=422)
        self.state["rule"] = rule_keep(rule=builder.rule)
        self.state["f"] = "1"
        return HttpResponseRedirect(self.list_url)

    def as_target(self) -> HttpResponse:
        """The same draft in the builder of a new target."""
        root = draft_from_post(self.request.POST, self.catalog)
        return Editing(self.request, None, post_url=reverse("targets:new")).show(root)


def list_filter_page(request: StaffRequest) -> HttpResponse:
    editing = ListFiltering(request)
    if request.method == "GET":
        return editing.show(editing.fresh())
    verb = request.POST.get("do", "count")
    if verb == "apply":
        return editing.apply()
    if verb == "as_target" and request.user.has_perm("targets.add_target"):
        return editing.as_target()
    return editing.redraw()


def filter_url(query: str) -> str:
    return f"{reverse('targets:filter')}?{urlencode({'state': query})}"


def target_url_of(asked: customers.ListAsked) -> str:
    """The builder of a new target with what the list is filtered by.

    Where that is too long for an address, the builder of the filter, which saves it as a target.
    """
    said = rule_of(asked.values)
    without = [*said.without, *(["q"] if asked.text else [])]
    rule = json.dumps({"version": VERSION, "rule": said.rule}, separators=(",", ":"))
    if len(rule) > LONGEST_LINK:
        return filter_url(asked.query)
    return f"{reverse('targets:new')}?{urlencode({'rule': rule, 'without': ','.join(without)})}"
