"""Rules that stand in addresses, or are named there."""

from django.utils.translation import gettext as _

from targets.catalog import Catalog
from targets.models import KeptRule
from targets.reading import rule_from_json, rule_from_text
from targets.rules.problems import Problem, RuleRefused
from targets.rules.tree import Rule

MARK = "~"


def rule_in_address(text: str, catalog: Catalog | None = None) -> Rule:
    """The rule that an address holds, or names by its key.

    :raises RuleRefused: it is none, is not kept, or names what is gone.
    """
    if not text.startswith(MARK):
        return rule_from_text(text, catalog)
    kept = KeptRule.objects.filter(key=text[1:33].replace("\0", "")).first()
    if kept is None:
        raise RuleRefused([Problem("", _("This filter is not kept here."))])
    return rule_from_json(kept.rule, catalog)
