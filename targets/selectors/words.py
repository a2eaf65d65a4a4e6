"""A whole rule in words."""

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from targets.catalog import Catalog
from targets.models import Target
from targets.picks import EXCLUDED, INCLUDED, known_picks, slug_of
from targets.reading import rule_from_json
from targets.registry import filters
from targets.rules.tree import Group, Leaf, Node, Not, Rule
from targets.rules.words import both, either


def rule_words(rule: Rule, catalog: Catalog | None = None) -> str:
    """One sentence: "People who are …, logged in … and are not among those who …"."""
    root = rule.root
    if isinstance(root, Group) and not root.parts:
        return _("All customers.") if root.kind == "all" else _("Nobody.")
    words = _words(root, catalog or Catalog(), is_top=True)
    return _("People who %(conditions)s.") % {"conditions": words}


def target_words(target: Target, catalog: Catalog | None = None) -> str:
    """The words of a saved rule and of the choices by hand, or why it cannot be evaluated."""
    catalog = catalog or Catalog()
    try:
        words = rule_words(rule_from_json(target.rule, catalog), catalog)
        return picks_words(words, target.slug, known_picks(catalog))
    except DomainError as refusal:
        return _("This rule can no longer be evaluated. %(reason)s") % {"reason": refusal.message}


def picks_words(rule: str, target_slug: str, known: set[str]) -> str:
    """The sentence of a rule with what lies on top of it."""
    has_more = slug_of(target_slug, INCLUDED) in known
    has_less = slug_of(target_slug, EXCLUDED) in known
    if has_more and has_less:
        text = _("%(rule)s And whom staff put in by hand, without whom they left out.")
    elif has_more:
        text = _("%(rule)s And whom staff put in by hand.")
    elif has_less:
        text = _("%(rule)s Without whom staff left out by hand.")
    else:
        return rule
    return text % {"rule": rule}


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
