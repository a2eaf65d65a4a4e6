"""A whole rule in words."""

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from targets.catalog import Catalog
from targets.models import Target
from targets.registry import filters
from targets.rules.tree import Group, Leaf, Node, Not, Rule
from targets.rules.words import both, either
from targets.selectors.evaluation import rule_of


def rule_words(rule: Rule, catalog: Catalog | None = None) -> str:
    """One sentence: "People who are …, logged in … and are not among those who …"."""
    root = rule.root
    if isinstance(root, Group) and not root.parts:
        return _("All customers.") if root.kind == "all" else _("Nobody.")
    words = _words(root, catalog or Catalog(), is_top=True)
    return _("People who %(conditions)s.") % {"conditions": words}


def target_words(target: Target, catalog: Catalog | None = None) -> str:
    """The words of a saved rule, or why it cannot be evaluated any more."""
    try:
        return rule_words(rule_of(target, catalog), catalog)
    except DomainError as refusal:
        return _("This rule can no longer be evaluated. %(reason)s") % {"reason": refusal.message}


def _words(node: Node, catalog: Catalog, *, is_top: bool = False) -> str:
    if isinstance(node, Leaf):
        return str(filters[node.filter].phrase(node, catalog))
    if isinstance(node, Not):
        return _("are not among those who %(conditions)s") % {
            "conditions": _words(node.part, catalog)
        }
    if not node.parts:
        return _("are customers") if node.kind == "all" else _("are nobody")
    parts = [_words(part, catalog) for part in node.parts]
    listed = both(parts) if node.kind == "all" else either(parts)
    if len(parts) == 1 or is_top:
        return listed
    return _("(%(conditions)s)") % {"conditions": listed}
