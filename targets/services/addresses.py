"""Rules in addresses: as they are while they are short, kept under a key when they are long."""

import json

from django.db import transaction

from targets.models import KeptRule
from targets.rules.tree import Rule
from targets.selectors.addresses import MARK

# An address holds other filters too, may be quoted twice, and servers take some 4,000 bytes.
LONGEST_TEXT = 600


@transaction.atomic
def rule_keep(*, rule: Rule) -> str:
    """What stands for the rule in an address; the same rule always gets the same."""
    document = rule.to_json()
    text = json.dumps(document, separators=(",", ":"))
    if len(text) <= LONGEST_TEXT:
        return text
    KeptRule.objects.bulk_create([KeptRule(key=rule.key, rule=document)], ignore_conflicts=True)
    return f"{MARK}{rule.key}"
