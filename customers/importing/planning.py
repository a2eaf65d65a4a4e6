"""From staged rows to a plan: who is created, updated, left as they are, held back or refused.

1. Rows that repeat an e-mail address or a code of the file are refused; the first one stays.
2. The rest is recognised: by the code of Clientela, by e-mail (aliases too), by codes of other
   systems; never by phone, ID number or name. One row for two people is held back, two rows for
   one person keep the first.
3. Values of unique fields that somebody else has are refused.
4. What differs on those who exist is written into the row, and nothing else is applied later.
"""

import json
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.importing import plan_sql as sql
from customers.importing.destinations import custom_fields_of
from customers.importing.fields import CUSTOM, EXTERNAL, FILL, OVERWRITE
from customers.models import ImportBatch
from customers.privacy.blocklist import blocklisted_among

RESULTS = ("create", "update", "unchanged", "conflict", "reject")


@transaction.atomic
def rows_plan(batch: ImportBatch) -> dict[str, int]:
    """Decide about every staged row; returns the number of rows and of each result."""
    _refuse_repeated(batch)
    _refuse_erased(batch)
    _recognise(batch)
    _refuse_taken_values(batch)
    _compare(batch)
    return counts_of(batch)


def _refuse_repeated(batch: ImportBatch) -> None:
    names = _names(batch)
    again = _("It repeats the e-mail address of line {line}.")
    _run(sql.REFUSE_MAIL_AGAIN, batch, column=names.get("email", ""), reason=again)
    codes = {
        key.removeprefix(EXTERNAL): name for key, name in names.items() if key.startswith(EXTERNAL)
    }
    again = _("It repeats the code of line {line}.")
    _run(sql.REFUSE_CODE_AGAIN, batch, columns=json.dumps(codes), reason=again)
    again = _("It repeats the ID number of line {line}.")
    _run(sql.REFUSE_NUMBER_AGAIN, batch, column=names.get("id_number", ""), reason=again)


def _refuse_erased(batch: ImportBatch) -> None:
    """Who asked to be forgotten is not brought back by an old file."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT email_key FROM customers_importrow "
            "WHERE batch_id = %s AND result = 'create' AND email_key <> ''",
            [batch.pk],
        )
        erased = blocklisted_among(row[0] for row in cursor)
    if erased:
        _run(
            sql.REFUSE_ERASED,
            batch,
            keys=sorted(erased),
            column=_names(batch).get("email", ""),
            reason=_("The person with this address was erased, and does not come back by a file."),
        )


def _recognise(batch: ImportBatch) -> None:
    names = _names(batch)
    _run(sql.MATCH, batch, two_people=_("Its e-mail and its codes belong to different customers."))
    _run(sql.REFUSE_PERSON_AGAIN, batch, reason=_("It is the same customer as line {line}."))
    _run(
        sql.HOLD_GONE,
        batch,
        reason=_("This customer is in the trash or was erased. Restore them first."),
    )
    _run(
        sql.HOLD_BLOCKED,
        batch,
        reason=_("The data of this customer is blocked: it is kept, and nothing changes it."),
    )
    _run(
        sql.HOLD_NUMBER_TAKEN,
        batch,
        column=names.get("id_number", ""),
        reason=_("A customer has this ID number. Add their e-mail address or code to the row."),
    )
    if reviewed_at := batch.options.get("reviewed_at"):
        _run(
            sql.HOLD_CHANGED_SINCE,
            batch,
            reviewed_at=reviewed_at,
            reason=_("The record changed after the review."),
        )


def _refuse_taken_values(batch: ImportBatch) -> None:
    names = _names(batch)
    for key, field in custom_fields_of().items():
        if field.is_unique and CUSTOM + key in names:
            _run(
                sql.REFUSE_VALUE_TAKEN,
                batch,
                key=key,
                field=field.pk,
                column=names[CUSTOM + key],
                reason=_("Another customer has this value, and it must be unique."),
            )


def _compare(batch: ImportBatch) -> None:
    _run(sql.WHO_EXISTS, batch)
    updates = bool(batch.options.get("update"))
    if not updates:
        _run(sql.LEAVE_ALONE, batch)
    policies = policies_of(batch)
    custom = {
        key.removeprefix(CUSTOM): policy
        for key, policy in policies.items()
        if key.startswith(CUSTOM)
    }
    plain = {key: policy for key, policy in policies.items() if not key.startswith(CUSTOM)}
    _run(
        sql.compare_sql(plain),
        batch,
        overwritten=[key for key, policy in custom.items() if policy == OVERWRITE],
        filled=[key for key, policy in custom.items() if policy == FILL],
    )


def policies_of(batch: ImportBatch) -> dict[str, str]:
    """What happens to each staged column on those who exist already."""
    policies: dict[str, str] = {}
    fallback: dict[str, str] = {}
    for column in batch.columns:
        key, policy = column["field"], column["policy"]
        if key == "full_name":
            policies.update(dict.fromkeys(sql.NAMES, policy))
        elif key in {"address.city", "address.country"}:
            fallback[key.removeprefix("address.")] = policy
        elif key in sql.TOGETHER or key in sql.WRITTEN or key.startswith(CUSTOM):
            policies[key] = policy
    policies.pop("id_type", None)
    if batch.options.get("activate"):
        policies["status"] = OVERWRITE
    return fallback | policies


def counts_of(batch: ImportBatch) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT result, count(*) FROM customers_importrow WHERE batch_id = %s GROUP BY result",
            [batch.pk],
        )
        found = dict(cursor.fetchall())
    return {"rows": sum(found.values()), **{name: found.get(name, 0) for name in RESULTS}}


def _names(batch: ImportBatch) -> dict[str, str]:
    return {one["field"]: one["name"] for one in batch.columns}


def _run(statement: str, batch: ImportBatch, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"batch": batch.pk, **params})
