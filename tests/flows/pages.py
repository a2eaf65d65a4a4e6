"""Every address of the resolver, with a sample in each slot."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, include, path

SAMPLES: dict[str, dict[str, Any]] = {
    "customers:": {"public_id": "customer"},
    "customers:restore": {"public_id": "trashed"},
    "customers:panel": {
        "panel": ["=activity", "=details", "=notes", "=consents", "=login", "=messages"]
    },
    "customers:status": {"status": ["=active", "=deactivated", "=disabled"]},
    "customers:bulk_undo": {"job_id": "job"},
    "customers:tag_": {"pk": "tag"},
    "customers:category_": {"pk": "category"},
    "customers:custom_field_": {"pk": "field", "direction": "=up"},
    "customers:address_edit": {"pk": "address"},
    "customers:contact_point_remove": {"kind": "=phone", "pk": "phone"},
    "customers:note_": {"note_id": "note"},
    "customers:email_move_act": {"public_id": "mover", "move_id": "move", "verb": "=cancel"},
    "customers:lock": {"state": "=lock", "field": "=phone"},
    "customers:order_judge": {"pk": "order", "verdict": "=apply"},
    "customers:duplicate_judge": {"pk": "=1", "verdict": "=different"},
    "customers:merge": {"merge_id": "merge", "other_id": "other"},
    "customers:erasure_": {"erasure_id": "erasure"},
    "customers:request": {"request_id": "privacy_request"},
    "customers:request_act": {
        "verb": ["=identity", "=assign", "=extend", "=note", "=wait", "=withdraw", "=link"]
    },
    "account:request_copy": {"request_id": "privacy_request"},
    "customers:block": {"state": "=on"},
    "customers:ask": {"public_id": "asked"},
    "account:missing": {"token": "missing_token"},
    "customers:unsuppress": {"pk": "suppression"},
    "customers:policy": {"language": "=es", "number": "=1"},
    "consents:": {"public_id": "customer", "pk": "consent"},
    "imports:": {"public_id": ["applied", "reviewed"]},
    "imports:columns": {"public_id": "uploaded"},
    "imports:mapping": {"public_id": "mapping"},
    "imports:undo": {"public_id": "applied"},
    "customers:activity_kind_": {"pk": "activity_kind"},
    "customers:code": {"pk": "registration_code"},
    "account:invited": {"code": "shared_code"},
    "imports:rejected": {"public_id": "applied"},
    "imports:held": {"public_id": "applied"},
    "jobs:": {"public_id": ["job", "failed_job"], "file_id": "file"},
    "jobs:file": {"public_id": "job"},
    "jobs:errors": {"public_id": "failed_job"},
    "targets:explain": {"public_id": "target", "customer_id": "customer"},
    "targets:pick": {"public_id": "target", "customer_id": "customer"},
    "targets:list_": {"public_id": "people_list", "panel": "=uses"},
    "targets:list": {"public_id": "people_list"},
    "targets:": {
        "public_id": "target",
        "panel": ["=people", "=reach", "=audit", "=versions", "=uses"],
    },
    "messaging:": {"public_id": ["campaign", "draft"]},
    "messaging:campaign": {"public_id": ["campaign", "scheduled"]},
    "messaging:campaign-panel": {
        "public_id": "campaign",
        "panel": ["=people", "=links", "=content", "=log"],
    },
    "messaging:campaign-edit": {
        "public_id": "draft",
        "step": ["=audience", "=content", "=sender", "=review"],
    },
    "messaging:message": {"pk": "delivery"},
    "messaging:suppression-remove": {"pk": "suppression"},
    "messaging:letter": {"public_id": "customer"},
    "messaging:resubscribe": {"public_id": "customer"},
    "mail:open": {"token": "open"},
    "mail:click": {"token": "click"},
    "mail:unsubscribe": {"token": "unsubscribe"},
    "mail:view": {"token": "view"},
    "staff:passkey_remove": {"pk": "=1"},
    "staff:role": {"key": ["=marketing", "=owner"]},
    "staff:person": {"pk": "colleague", "panel": ["=access", "=sessions", "=deeds"]},
    "kit:trail_entry": {"pk": "entry"},
    "lists:export": {"key": "=targets"},
    "lists:": {"key": "=customers", "public_id": "saved_view"},
    "programs:token": {"public_id": "program"},
    "programs:webhook": {"public_id": "webhook"},
    "programs:message": {"public_id": "webhook", "message_id": "told"},
    "account:email_answer": {"move_id": "move", "side": "=new", "token": "move_token"},
    "account:alert": {"public_id": "alert", "token": "alert_token"},
    "staff:alert": {"public_id": "staff_alert", "token": "staff_alert_token"},
    "account:receipt": {"pk": "consent"},
    "account:policy": {"language": "=es", "number": "=1"},
    "staff:password_set": {"who": "staff_who", "token": "staff_token"},
    "account:password_set": {"who": "who", "token": "token"},
    "mailbox:": {"number": "=1", "file": "=1"},
}


@dataclass(frozen=True)
class Route:
    """``name`` with its namespace, ``pattern`` with its slots."""

    name: str
    pattern: str
    slots: tuple[str, ...]

    def addresses(self, world: dict[str, Any]) -> list[str]:
        """One per combination of samples. A slot without a sample is an error."""
        choices = [self._samples(slot) for slot in self.slots]
        return [self._filled(values, world) for values in itertools.product(*choices)]

    def _samples(self, slot: str) -> list[str]:
        """Those of the longest known beginning of the name."""
        fitting = [key for key in SAMPLES if self.name.startswith(key) and slot in SAMPLES[key]]
        if not fitting:
            raise LookupError(
                f"No sample for <{slot}> of {self.name}: give one in tests/flows/pages.py"
            )
        found = SAMPLES[max(fitting, key=len)][slot]
        return found if isinstance(found, list) else [found]

    def _filled(self, samples: tuple[str, ...], world: dict[str, Any]) -> str:
        address = self.pattern
        for slot, sample in zip(self.slots, samples, strict=True):
            value = sample[1:] if sample.startswith("=") else str(world[sample])
            start = next(
                part for part in address.split("<")[1:] if part.split(">")[0].split(":")[-1] == slot
            )
            address = address.replace(f"<{start.split('>')[0]}>", value)
        return "/" + address


def routes() -> list[Route]:
    """All that the product answers to people, the mailbox of development too."""
    mailbox = path("mailbox/", include("config.mailbox.urls"))
    found = walk([mailbox, *get_resolver().url_patterns])
    return [one for one in found if not one.name.startswith("api:")]


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = "", namespace: str = ""
) -> Iterator[Route]:
    for one in patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from walk(one.url_patterns, whole, inner)
        else:
            slots = tuple(one.pattern.converters)
            yield Route(f"{namespace}{one.name}", whole, slots)
