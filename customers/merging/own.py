"""This app's part of a merge: the two records, their addresses, consents and log-ins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import clock
from config.kit.pages import formats
from customers.merging import fields
from customers.merging.registry import MergePart, MergeTable, merging
from customers.models import (
    Address,
    CodeUse,
    ConsentState,
    Customer,
    CustomerEmail,
    CustomerPhone,
    Erasure,
    RegistrationCode,
    User,
)
from customers.selectors.codes import brought_themselves, own_code_of
from customers.services.code_uses import circles_lock
from customers.services.sessions import session_end_all
from customers.sessions import STOREFRONT

# Far more than anybody edits a record between a merge and its undo: a page of the merged record
# that was open meanwhile is never taken for one of the record as it was.
VERSIONS_AHEAD: Final = 1 << 16
# Of two statements at one instant the stricter one holds, as for one record.
STANDING = """
SELECT DISTINCT ON (channel, purpose) channel, purpose, value, occurred_at, source, id
FROM customers_consentevent WHERE customer_id IN (
    SELECT id FROM customers_customer WHERE id = ANY(%(ids)s) OR merged_into_id = ANY(%(ids)s))
ORDER BY channel, purpose, occurred_at DESC, customers_consent_rank(value) DESC, id DESC
"""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both rows locked. ``takes``: for which fields the loser's value stays."""

    survivor: Customer
    loser: Customer
    takes: dict[str, bool]


def records_join(pair: Pair) -> None:
    """What no table moves by itself; everything is written, and read back by the journal."""
    numbers = {pair.survivor.phone, pair.loser.phone}
    _emails(pair)
    _main_address(pair)
    _consents(pair)
    _login(pair)
    _codes(pair)
    _records(pair)
    _phones(pair.survivor, numbers)


def _emails(pair: Pair) -> None:
    """Every address of both leads to the survivor; the chosen one is the first."""
    if pair.takes["email"] and pair.survivor.email_key:
        CustomerEmail.objects.filter(customer=pair.survivor, is_primary=True).update(
            is_primary=False
        )
    CustomerEmail.objects.filter(customer=pair.loser).update(
        customer=pair.survivor, is_primary=False
    )


def _main_address(pair: Pair) -> None:
    """The survivor's main address stays the main one; the loser's only if there is none."""
    rows = Address.objects.filter(customer=pair.loser)
    if Address.objects.filter(customer=pair.survivor, is_main=True).exists():
        rows.filter(is_main=True).update(customer=pair.survivor, is_main=False)
    rows.update(customer=pair.survivor)


def _consents(pair: Pair) -> None:
    ConsentState.objects.filter(customer=pair.loser).delete()
    consents_stand(pair.survivor, of=[pair.survivor.pk, pair.loser.pk])


def consents_stand(customer: Customer, *, of: list[int]) -> None:
    """Per channel and purpose the newest statement of these records and of those merged into them.

    The ledger itself stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"ids": of})
        standing = cursor.fetchall()
    spoken = {(channel, purpose) for channel, purpose, *_rest in standing}
    for state in ConsentState.objects.filter(customer=customer):
        if (state.channel, state.purpose) not in spoken:
            state.delete()
    for channel, purpose, value, since, source, event_id in standing:
        ConsentState.objects.update_or_create(
            customer=customer,
            channel=channel,
            purpose=purpose,
            defaults={"value": value, "since": since, "source": source, "event_id": event_id},
        )


def _login(pair: Pair) -> None:
    """The survivor's log-in stays; the loser's is shut, or goes over if it is the only one."""
    user = pair.loser.user
    if user is None:
        return
    if pair.survivor.user_id is None:
        Customer.objects.filter(pk=pair.loser.pk).update(user=None)
        pair.survivor.user = user
        return
    User.objects.filter(pk=user.pk).update(is_active=False)
    session_end_all(user=user, scope=STOREFRONT)


def _codes(pair: Pair) -> None:
    """Codes of both lead to the survivor; who came by a code of theirs did not come by themselves.

    By which code the survivor came stays, else the loser's. If the two together close a circle, by
    way of others too, the survivor's counts no more.
    """
    survivor, loser = pair.survivor, pair.loser
    circles_lock()
    if own_code_of(survivor) is not None:
        RegistrationCode.objects.filter(customer=loser, is_current=True).update(is_current=False)
    RegistrationCode.objects.filter(customer=loser).update(customer=survivor)
    if not CodeUse.objects.filter(customer=survivor).exists():
        CodeUse.objects.filter(customer=loser).update(customer=survivor)
    if brought_themselves(survivor):
        CodeUse.objects.filter(customer=survivor).update(voided_at=clock.now())


def _records(pair: Pair) -> None:
    survivor, loser = pair.survivor, pair.loser
    now = clock.now()
    Customer.objects.filter(merged_into=loser).update(merged_into=survivor)
    Customer.objects.filter(pk=loser.pk).update(
        merged_into=survivor, custom={}, version=loser.version + VERSIONS_AHEAD, updated_at=now
    )
    for name, takes in pair.takes.items():
        if takes:
            _take(survivor, loser, name)
    _stage(survivor, loser)
    survivor.registered_at = min(survivor.registered_at, loser.registered_at)
    survivor.login_count += loser.login_count
    survivor.last_login_at = max(
        (at for at in (survivor.last_login_at, loser.last_login_at) if at), default=None
    )
    first = CustomerEmail.objects.filter(customer=survivor, address_key=survivor.email_key).first()
    survivor.verified_at = first.verified_at if first else survivor.verified_at
    survivor.version += VERSIONS_AHEAD
    survivor.save()


def _take(survivor: Customer, loser: Customer, name: str) -> None:
    if not name.startswith(fields.CUSTOM):
        for column in fields.GROUPS[name]:
            setattr(survivor, column, getattr(loser, column))
        return
    key, document = name.removeprefix(fields.CUSTOM), dict(survivor.custom)
    if key in loser.custom:
        document[key] = loser.custom[key]
    else:
        document.pop(key, None)
    survivor.custom = document


def _stage(survivor: Customer, loser: Customer) -> None:
    """Who of the two is a customer makes the one person a customer."""
    if (survivor.lifecycle, loser.lifecycle) == ("lead", "customer"):
        survivor.lifecycle = loser.lifecycle
        survivor.lifecycle_reason, survivor.lifecycle_at = (
            loser.lifecycle_reason,
            loser.lifecycle_at,
        )


def _phones(survivor: Customer, numbers: set[str]) -> None:
    """The number that is not the first one any more is a further one."""
    for number in sorted(numbers - {"", survivor.phone}):
        CustomerPhone.objects.get_or_create(customer=survivor, number=number)


def blockers(survivor: Customer, loser: Customer) -> list[str]:
    found = [
        _("%(name)s is in the trash, merged or erased.") % {"name": one}
        for one in (survivor, loser)
        if not one.is_live
    ]
    found += [
        _("%(name)s is to be erased.") % {"name": one}
        for one in (survivor, loser)
        if Erasure.objects.filter(customer=one, state=Erasure.State.SCHEDULED).exists()
    ]
    if survivor.pk == loser.pk:
        found.append(_("These are one and the same record."))
    if loser.user is not None and loser.user.is_staff and survivor.user_id is not None:
        found.append(
            _("%(name)s also logs in as staff: that record has to be the one that stays.")
            % {"name": loser}
        )
    return found


def effects(survivor: Customer, loser: Customer) -> list[str]:
    found = []
    if loser.user_id and survivor.user_id and loser.user is not None:
        found.append(
            _(
                "Both have a log-in: that of %(survivor)s stays. The one of %(loser)s is shut and "
                "its sessions end; its address opens the log-in that stays, once it is verified."
            )
            % {"survivor": survivor.email, "loser": loser.user.email}
        )
    elif loser.user_id:
        found.append(_("The log-in of %(name)s goes to the merged record.") % {"name": loser})
    return found


def _counted(words: Callable[[int], str]) -> Callable[[int], str]:
    return lambda n: words(n) % {"n": formats.number(n)}


TABLES: Final = (
    MergeTable(table="customers_customer", with_step=False),
    MergeTable(
        table="customers_customeremail",
        with_step=False,
        counted=_counted(lambda n: ngettext("%(n)s e-mail", "%(n)s e-mails", n)),
    ),
    MergeTable(
        table="customers_address",
        with_step=False,
        counted=_counted(lambda n: ngettext("%(n)s postal address", "%(n)s postal addresses", n)),
    ),
    MergeTable(table="customers_consentstate", with_step=False),
    MergeTable(table="customers_customvalue", with_step=False),
    MergeTable(
        table="customers_customerphone",
        same=("number",),
        counted=_counted(lambda n: ngettext("%(n)s further phone", "%(n)s further phones", n)),
    ),
    MergeTable(
        table="customers_externalid",
        counted=_counted(
            lambda n: ngettext("%(n)s code of another system", "%(n)s codes of other systems", n)
        ),
    ),
    MergeTable(
        table="customers_tagging",
        same=("tag_id",),
        counted=_counted(lambda n: ngettext("%(n)s tag", "%(n)s tags", n)),
    ),
    MergeTable(
        table="customers_categoryassignment",
        same=("category_id",),
        counted=_counted(lambda n: ngettext("%(n)s category", "%(n)s categories", n)),
    ),
    MergeTable(
        table="customers_registrationcode",
        with_step=False,
        counted=_counted(lambda n: ngettext("%(n)s sharing code", "%(n)s sharing codes", n)),
    ),
    MergeTable(table="customers_codeuse", with_step=False),
    MergeTable(table="customers_datarequest"),
    MergeTable(
        table="customers_privacyrequest",
        counted=_counted(lambda n: ngettext("%(n)s privacy request", "%(n)s privacy requests", n)),
    ),
    MergeTable(table="customers_fieldlock", same=("field",)),
    MergeTable(
        table="customers_ordersync",
        counted=_counted(lambda n: ngettext("%(n)s order", "%(n)s orders", n)),
    ),
    MergeTable(
        table="customers_note",
        counted=_counted(lambda n: ngettext("%(n)s note", "%(n)s notes", n)),
    ),
    MergeTable(
        table="customers_activity",
        is_ledger=True,
        counted=_counted(lambda n: ngettext("%(n)s activity", "%(n)s activities", n)),
    ),
    MergeTable(
        table="customers_consentevent",
        stays="The ledger is sealed with the record that spoke; readers ask for both.",
    ),
    MergeTable(
        table="customers_importchange",
        stays="An import is taken back for the record that it made.",
    ),
    MergeTable(
        table="customers_bulkchange",
        stays="A bulk action is taken back for the record that it changed.",
    ),
    MergeTable(
        table="customers_profilechange",
        stays="It tells what this record said; what moved is in its own history.",
    ),
    MergeTable(table="customers_importrow", stays="Staging of an import that is not applied yet."),
    MergeTable(table="customers_duplicatekey", stays="Worked out from live records."),
    MergeTable(table="customers_duplicatepair", stays="Worked out from live records."),
    MergeTable(table="customers_merge", stays="The merge itself."),
    MergeTable(table="customers_erasure", stays="A merge waits until it is called off."),
    MergeTable(table="customers_legalhold"),
    MergeTable(
        table="customers_emailmove",
        stays="A change of e-mail belongs to the record whose address it was.",
    ),
)
PART: Final = MergePart(tables=TABLES, blockers=blockers, effects=effects)


def register_all() -> None:
    merging.register("customers", PART)
