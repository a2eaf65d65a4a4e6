"""Categories: groups with a code that prices and promotions can ask for."""

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import audit, wakeups
from config.kit.errors import DomainError
from customers.models import Category, CategoryAssignment, Customer, User
from customers.registry import category_sources, usages_of
from customers.rules.profile import clean_text
from customers.services.trail import leave_trail


@transaction.atomic
def category_assign(
    *,
    customer: Customer,
    categories: Iterable[Category],
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Make these the person's categories; False when they are already.

    Categories that a source fills stay as they are.

    :raises DomainError: ``category_is_filled``: one of them is not for staff to give.
    """
    wanted = {one.pk: one for one in categories}
    held = {
        row.category_id: row
        for row in CategoryAssignment.objects.filter(customer=customer).select_related("category")
    }
    added = [one for pk, one in wanted.items() if pk not in held]
    removed = [row for pk, row in held.items() if pk not in wanted and not row.category.is_filled]
    for one in added:
        if one.is_filled:
            raise DomainError(
                "category_is_filled",
                _("“%(name)s” fills itself; nobody gives it by hand.") % {"name": one.name},
                field="categories",
            )
    if not added and not removed:
        return False
    CategoryAssignment.objects.filter(pk__in=[row.pk for row in removed]).delete()
    CategoryAssignment.objects.bulk_create(
        [CategoryAssignment(customer=customer, category=one, assigned_by=by) for one in added],
        ignore_conflicts=True,
    )
    data = {
        "added": [one.name for one in added],
        "removed": [row.category.name for row in removed],
    }
    leave_trail(
        customer,
        "category_changed",
        by=by,
        request=request,
        data=data,
        kind="category_changed",
        activity=data,
    )
    return True


@transaction.atomic
def category_give(
    *,
    customer: Customer,
    category: Category,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Give one category more; False when the person has it.

    :raises DomainError: ``category_is_filled``.
    """
    held = Category.objects.filter(assignments__customer=customer)
    return category_assign(customer=customer, categories=[*held, category], by=by, request=request)


def category_values(category: Category) -> dict[str, str]:
    """What its form shows."""
    return {
        "name": category.name,
        "code": category.code,
        "description": category.description,
        "filled_by": category.filled_by,
    }


@transaction.atomic
def category_save(
    *,
    name: str,
    code: str = "",
    description: str = "",
    filled_by: str | None = None,
    category: Category | None = None,
    seen: Mapping[str, str] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Category:
    """Make a category or change it. Its code stays once it is made.

    ``filled_by`` is ``source:key``: what fills it from now on; "" leaves it to staff, with the
    people whom it has; None changes nothing about that.

    :raises DomainError: the name is missing, name or code are taken, the source is refused;
        ``version_conflict`` when it does not look as ``seen`` any more.
    """
    row = _held(category, seen) if category else Category(code=slugify(code or name)[:60])
    if filled_by is not None:
        _fill_by(row, filled_by)
    row.name = clean_text(name, limit=120, field="name")
    row.description = description.strip()
    if not row.name or not row.code:
        raise DomainError("category_empty", _("Write the name of the category."), field="name")
    same = Category.objects.filter(name__iexact=row.name).exclude(pk=row.pk)
    if same.exists():
        raise DomainError(
            "category_name_taken",
            _("There is a category “%(name)s” already.") % {"name": row.name},
            field="name",
        )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as cause:
        raise DomainError(
            "category_taken",
            _("There is a category with the code “%(code)s” already.") % {"code": row.code},
            field="code",
        ) from cause
    audit.record(
        "customers.category.saved",
        actor=by,
        subject=row,
        data={"code": row.code, "name": row.name, "filled_by": row.filled_by},
        request=request,
    )
    if row.is_filled:
        wakeups.after_commit("customers.follow_categories")
    return row


def _held(category: Category, seen: Mapping[str, str] | None) -> Category:
    row = Category.objects.select_for_update().get(pk=category.pk)
    if seen is not None and category_values(row) != seen:
        raise DomainError("version_conflict", _("Somebody else changed this category meanwhile."))
    return row


def _fill_by(row: Category, filled_by: str) -> None:
    source, _colon, key = filled_by.partition(":")
    if (row.source, row.source_key) == (source, key):
        return
    known = category_sources.get(source)
    if source and (known is None or not known.name(key)):
        raise DomainError(
            "category_source_unknown",
            _("What should fill the category does not exist."),
            field="filled_by",
        )
    if known is not None and (refusal := known.refuse(key, row.code)):
        raise DomainError("category_source_refused", refusal, field="filled_by")
    row.source, row.source_key = source, key
    row.followed_at, row.followed_stamp = None, ""


def category_check_unused(*, category: Category) -> None:
    """:raises DomainError: people have it, or something uses it."""
    used = usages_of("category", category)
    if used:
        raise DomainError(
            "category_in_use", _("It is used by: %(names)s.") % {"names": ", ".join(used)}
        )
    people = CategoryAssignment.objects.filter(category=category).count()
    if people:
        raise DomainError(
            "category_has_people",
            ngettext(
                "%(count)d person has this category. Give them another one first.",
                "%(count)d people have this category. Give them another one first.",
                people,
            )
            % {"count": people},
        )


@transaction.atomic
def category_delete(
    *, category: Category, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Delete a category that nobody has and nothing asks for.

    :raises DomainError: people have it, or something uses it.
    """
    category_check_unused(category=category)
    audit.record(
        "customers.category.deleted",
        actor=by,
        subject=category,
        data={"code": category.code, "name": category.name},
        request=request,
    )
    category.delete()
