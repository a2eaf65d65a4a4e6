"""From staged rows to a plan: who is created, updated, left as they are, held back or refused.

1. Each valid row is recognised: by the code of Clientela, by e-mail (aliases too), by codes of
   other systems; by ID number or phone where that was chosen and nothing else tells; never by
   name. One row for two people is held back.
2. Values of unique fields that somebody else has are refused.
3. Several rows of one person, also by way of a third row, are one planned change: the last one
   holds, the others are refused and say where it is.
4. What differs on those who exist is written into the row, and nothing else is applied later.
"""

import json
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.importing import plan_sql as sql
from customers.importing import repeat_sql, sharing_sql
from customers.importing.destinations import custom_fields_of
from customers.importing.fields import CLEAR, CUSTOM, EXTERNAL, FILL, NUMBER, OVERWRITE
from customers.models import ImportBatch
from customers.privacy.blocklist import blocklisted_among

RESULTS = ("create", "update", "unchanged", "conflict", "reject")


@transaction.atomic
def rows_plan(batch: ImportBatch) -> dict[str, int]:
    """Decide about every staged row; returns the number of rows and of each result."""
    _refuse_erased(batch)
    _recognise(batch)
    _refuse_values(
        batch, sql.REFUSE_VALUE_TAKEN, _("Another customer has this value, and it must be unique.")
    )
    _refuse_repeated(batch)
    _hold_known(batch)
    _refuse_values(
        batch, sql.REFUSE_VALUE_AGAIN, _("Another row has this value, and it must be unique.")
    )
    _refuse_codes(batch)
    _compare(batch)
    return counts_of(batch)


def _refuse_repeated(batch: ImportBatch) -> None:
    names = _names(batch)
    codes = {
        key.removeprefix(EXTERNAL): name for key, name in names.items() if key.startswith(EXTERNAL)
    }
    with connection.cursor() as cursor:
        by = {"batch": batch.pk, "match": batch.options.get("match", "")}
        cursor.execute(repeat_sql.KIN, by)
        cursor.execute(repeat_sql.HOLD_TWO_PEOPLE, {"batch": batch.pk, "reason": _two_people()})
        cursor.execute(repeat_sql.FOLLOW)
        while cursor.rowcount:
            cursor.execute(repeat_sql.FOLLOW)
    _run(
        repeat_sql.REFUSE_EARLIER,
        batch,
        email=names.get("email", ""),
        codes=json.dumps(codes),
        same_email=_("Line {line} has the same e-mail address, and the last one holds."),
        same_code=_("Line {line} has the same code, and the last one holds."),
        same_person=_("Line {line} is about the same customer, and the last one holds."),
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE import_kin")
    _run(
        repeat_sql.REFUSE_NUMBER_AGAIN,
        batch,
        column=names.get("id_number", ""),
        reason=_("Line {line} has the same ID number, and it holds."),
    )


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
    _run(sql.MATCH, batch, two_people=_two_people())
    _recognise_by_choice(batch)
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
    if reviewed_at := batch.options.get("reviewed_at"):
        _run(
            sql.HOLD_CHANGED_SINCE,
            batch,
            reviewed_at=reviewed_at,
            reason=_("The record changed after the review."),
        )


def _recognise_by_choice(batch: ImportBatch) -> None:
    key = batch.options.get("match", "")
    if not key:
        return
    several_numbers = _("{n} customers have this ID number. Merge them, or say whom you mean.")
    several_phones = _("{n} customers have this phone. Say whom you mean by e-mail or code.")
    _run(
        sql.MATCH_MORE.replace("{same}", sql.MATCH_BY[key]).replace("{key}", key),
        batch,
        how=key,
        column=_names(batch).get(key, ""),
        reason=several_numbers if key == NUMBER else several_phones,
    )


def _two_people() -> str:
    return _("Its e-mail and its codes belong to different customers.")


def _hold_known(batch: ImportBatch) -> None:
    """Who is known by a number or a phone alone may be somebody who is here already."""
    names = _names(batch)
    _run(
        sql.HOLD_NUMBER_TAKEN,
        batch,
        column=names.get("id_number", ""),
        reason=_("A customer has this ID number. Add their e-mail address or code to the row."),
    )
    _run(
        sql.HOLD_PHONE_TAKEN,
        batch,
        column=names.get("phone", ""),
        reason=_("A customer has this phone. Add their e-mail address or code to the row."),
    )


def _refuse_values(batch: ImportBatch, statement: str, reason: str) -> None:
    names = _names(batch)
    for key, field in custom_fields_of().items():
        if field.is_unique and CUSTOM + key in names:
            column = names[CUSTOM + key]
            _run(statement, batch, key=key, field=field.pk, column=column, reason=reason)


def _refuse_codes(batch: ImportBatch) -> None:
    """A code leads to one person, and people bring each other in no circle."""
    names = _names(batch)
    column = names.get("sharing_code")
    if column is None:
        return
    _run(
        sharing_sql.REFUSE_TAKEN,
        batch,
        column=column,
        others=_("This code belongs to another customer."),
        registration=_("This is a registration code already, not the code of a person."),
        revoked=_("This code was revoked; the person does not share it any more."),
    )
    _run(
        sharing_sql.REFUSE_AGAIN,
        batch,
        column=column,
        reason=_("Line {line} has the same sharing code, and the first one keeps it."),
    )
    if "registration_code" in names:
        _run(
            sharing_sql.REFUSE_CIRCLES,
            batch,
            column=names["registration_code"],
            reason=_("This person brought, directly or through others, whose code it is."),
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
    code = next((one["policy"] for one in batch.columns if one["field"] == "sharing_code"), "")
    _run(
        sql.compare_sql(plain),
        batch,
        overwritten=[key for key, policy in custom.items() if policy in (OVERWRITE, CLEAR)],
        cleared=[key for key, policy in custom.items() if policy == CLEAR],
        filled=[key for key, policy in custom.items() if policy == FILL],
        gives_code=code in (FILL, OVERWRITE, CLEAR),
        replaces_code=code in (OVERWRITE, CLEAR),
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
