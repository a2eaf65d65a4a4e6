"""Writing targets. Every change of a rule is a version; who follows from it is found by a job."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import audit
from config.kit.access import StaffUser
from config.kit.errors import DomainError
from customers.models import User
from targets.catalog import Catalog
from targets.categories import asks_for_categories, categories_filled
from targets.compiling.compiler import Compiled
from targets.compiling.scope import Scope
from targets.models import Membership, Target, TargetVersion
from targets.nesting import dependents_of
from targets.reading import rule_from_json
from targets.registry import UsesSeen, uses_of, uses_seen
from targets.selectors.evaluation import instant
from targets.services.graph import lock_graph
from targets.services.picks import picks_copy
from targets.services.refresh import lock_building, log_deletion, refresh_start
from targets.upkeep.database import fetch, lock_switching

LONGEST_SLUG = 80
LONGEST_NAME = 120


@transaction.atomic
def target_create(
    *,
    name: str,
    rule: dict[str, Any],
    slug: str = "",
    description: str = "",
    picks_of: Target | None = None,
    by: AbstractBaseUser | None = None,
) -> Target:
    """Save a new target and start the search for its members.

    ``picks_of``: the people whom staff put into that target or left out of it are chosen here too.

    :raises RuleRefused: with the problems of the rule at their paths.
    :raises DomainError: ``slug_taken``, ``slug_invalid``, ``name_missing``.
    """
    lock_graph()
    slug = _slug(slug, name)
    document = _checked(rule, slug)
    target = Target.objects.create(
        name=_name(name),
        slug=slug,
        description=description.strip(),
        rule=document,
        created_by_id=by.pk if by else None,
    )
    _keep_version(target, by)
    audit.record("targets.target.created", actor=by, subject=target, data={"rule": document})
    if picks_of is not None:
        picks_copy(source=picks_of, copy=target, by=by)
    refresh_start(target=target, by=by)
    return target


@transaction.atomic
def target_update(
    *,
    target: Target,
    version: int,
    name: str,
    rule: dict[str, Any],
    description: str = "",
    by: AbstractBaseUser | None = None,
) -> Target:
    """Save name, description and rule, if nobody else saved since ``version``.

    :raises RuleRefused: with the problems of the rule at their paths.
    :raises DomainError: ``target_changed`` with the present version, ``name_missing``,
        ``category_circle``.
    """
    lock_graph()
    held = Target.objects.select_for_update().get(pk=target.pk)
    if held.version != version:
        raise DomainError(
            "target_changed",
            _("Somebody else saved this target meanwhile."),
            data={"version": held.version},
        )
    document = _checked(rule, held.slug)
    before = {"name": held.name, "description": held.description, "rule": held.rule}
    is_new_rule = document != held.rule
    held.name, held.description, held.rule = _name(name), description.strip(), document
    held.version += 1
    held.save(update_fields=["name", "description", "rule", "version", "updated_at"])
    _keep_version(held, by)
    after = {"name": held.name, "description": held.description, "rule": held.rule}
    audit.record(
        "targets.target.updated", actor=by, subject=held, data={"before": before, "after": after}
    )
    if is_new_rule:
        # Who refers to it follows another rule too: upkeep leaves them until they are built.
        Target.objects.filter(slug__in=dependents_of(held.slug)).update(evaluated_version=0)
        refresh_start(target=held, by=by)
    else:
        Target.objects.filter(pk=held.pk, evaluated_version=version).update(
            evaluated_version=held.version
        )
    return held


@transaction.atomic
def target_duplicate(*, target: Target, by: AbstractBaseUser | None = None) -> Target:
    """A new target with the same rule, the same people by hand, and the name of a copy."""
    name = _("Copy of %(name)s") % {"name": target.name}
    return target_create(
        name=name[:LONGEST_NAME],
        rule=target.rule,
        description=target.description,
        picks_of=target,
        by=by,
    )


def target_check_unused(*, target: Target, by: StaffUser | None = None) -> None:
    """:raises DomainError: ``target_in_use``, naming what uses it as far as ``by`` may see it."""
    uses = uses_of(target)
    seen = uses_seen(uses, by) if by else UsesSeen(uses, 0)
    if not seen.number:
        return
    names = [use.label for use in seen.uses]
    if seen.hidden:
        names.append(
            ngettext(
                "%(count)s thing that you may not see",
                "%(count)s things that you may not see",
                seen.hidden,
            )
            % {"count": seen.hidden}
        )
    raise DomainError(
        "target_in_use",
        _("It is used by %(uses)s. Take it out there first.") % {"uses": ", ".join(names)},
    )


@transaction.atomic
def target_delete(*, target: Target, by: User | None = None) -> None:
    """Delete a target that nothing uses; its people stay as they are.

    :raises DomainError: ``target_in_use``, as ``target_check_unused`` says it.
    """
    lock_graph()
    lock_building(target.pk)
    held = Target.objects.select_for_update().get(pk=target.pk)
    target_check_unused(target=held, by=by)
    lock_switching()
    log_deletion(held)
    fetch("DELETE FROM targets_tally WHERE target_id = $1", held.pk)
    Membership.objects.filter(target_id=held.pk).delete()
    audit.record(
        "targets.target.deleted",
        actor=by,
        subject=held,
        data={"slug": held.slug, "name": held.name, "rule": held.rule},
    )
    held.delete()


def _checked(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """The document without defaults and repetitions, known to compile."""
    catalog = Catalog(own_slug=slug)
    rule = rule_from_json(document, catalog)
    Compiled([rule], Scope(instant(), catalog)).sql(rule.root)
    document = rule.to_json()
    filled = categories_filled({slug, *dependents_of(slug)}).first()
    if filled is not None and asks_for_categories(document):
        raise DomainError(
            "category_circle",
            _("It fills the category “%(name)s”, so its rule cannot ask for categories.")
            % {"name": filled.name},
        )
    return document


def _keep_version(target: Target, by: AbstractBaseUser | None) -> None:
    TargetVersion.objects.create(
        target=target,
        number=target.version,
        rule=target.rule,
        saved_by_id=by.pk if by else None,
    )


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise DomainError(
            "name_missing",
            _("Give the target a name of at most %(most)d characters.") % {"most": LONGEST_NAME},
            field="name",
        )
    return cleaned


def _slug(wanted: str, name: str) -> str:
    """The slug that was asked for, or a free one made of the name."""
    if wanted:
        if slugify(wanted) != wanted or len(wanted) > LONGEST_SLUG:
            raise DomainError(
                "slug_invalid",
                _("A slug has lower-case letters, digits and hyphens, at most 80."),
                field="slug",
            )
        if Target.objects.filter(slug=wanted).exists():
            raise DomainError("slug_taken", _("Another target has this slug."), field="slug")
        return wanted
    base = slugify(name)[: LONGEST_SLUG - 6] or "target"
    taken = set(Target.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(one for one in numbered if one not in taken)
