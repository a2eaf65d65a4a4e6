"""A version of a rule in words."""

from typing import Any

from django.utils.translation import gettext as _

from targets.catalog import Catalog
from targets.reading import rule_from_json
from targets.rules.problems import RuleRefused
from targets.selectors.words import rule_words


def version_words(document: dict[str, Any], catalog: Catalog) -> str:
    try:
        return rule_words(rule_from_json(document, catalog), catalog)
    except RuleRefused as refusal:
        return _("This rule can no longer be evaluated. %(reason)s") % {"reason": refusal.message}
