"""The life of a campaign: draft, schedule, start, pause, end."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.wakeups import after_commit
from customers.models import User
from messaging.models import Campaign, CampaignContent, CampaignTarget, Delivery, Link
from messaging.rendering import service as rendering
from messaging.rendering.problems import TemplateRefused
from messaging.selectors.checklist import blocking_checks
from messaging.services.audience import audience_freeze
from messaging.services.transactional import campaign_test_send as campaign_test_send
from targets.models import Target

State = Campaign.State
EDITABLE = {State.DRAFT, State.SCHEDULED}
CONTENT_FIELDS = (
    "subject preheader body_format body text_body from_name from_address reply_to purpose "
    "tracks_opens tracks_clicks"
).split()


@dataclass(frozen=True, kw_only=True)
class CampaignValues:
    """What staff write. ``include`` and ``exclude`` hold ids of targets."""

    name: str
    slug: str = ""
    subject: str = ""
    preheader: str = ""
    body_format: str = "html"
    body: str = ""
    text_body: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    purpose: str = "marketing"
    tracks_opens: bool = True
    tracks_clicks: bool = True
    include: list[int] = field(default_factory=list)
    exclude: list[int] = field(default_factory=list)


def campaign_values(campaign: Campaign) -> CampaignValues:
    """The present state, as ``campaign_update`` takes it."""
    uses = list(campaign.targets.order_by("id").values_list("target_id", "is_excluded"))
    return CampaignValues(
        name=campaign.name,
        slug=campaign.slug,
        **{name: getattr(campaign, name) for name in CONTENT_FIELDS},
        include=[pk for pk, is_excluded in uses if not is_excluded],
        exclude=[pk for pk, is_excluded in uses if is_excluded],
    )


@transaction.atomic
def campaign_create(*, by: User | None, values: CampaignValues) -> Campaign:
    """A draft.

    :raises DomainError: no name, a slug that is taken, a target that does not exist.
    """
    campaign = Campaign(created_by=by)
    _fill(campaign, values)
    campaign.slug = _free_slug(values)
    campaign.save()
    _set_targets(campaign, values)
    audit.record("messaging.campaign.created", actor=by, subject=campaign)
    return campaign


@transaction.atomic
def campaign_update(
    *, campaign: Campaign, values: CampaignValues, version: int, by: User | None
) -> Campaign:
    """Change a draft or a scheduled campaign.

    :raises DomainError: ``campaign_changed`` when somebody saved since ``version``.
    """
    held = _locked(campaign, EDITABLE)
    if held.version != version:
        raise DomainError(
            "campaign_changed",
            _("Somebody else has saved this campaign meanwhile."),
            data={"version": held.version},
        )
    changed = [name for name in CONTENT_FIELDS if getattr(held, name) != getattr(values, name)]
    _fill(held, values)
    if values.slug and values.slug != held.slug:
        held.slug = _free_slug(values)
    held.version += 1
    held.save()
    _set_targets(held, values)
    audit.record("messaging.campaign.updated", actor=by, subject=held, data={"changed": changed})
    return held


def _fill(campaign: Campaign, values: CampaignValues) -> None:
    campaign.name = values.name.strip()
    if not campaign.name:
        raise DomainError("campaign_needs_name", _("Give the campaign a name."), field="name")
    for name in CONTENT_FIELDS:
        setattr(campaign, name, getattr(values, name))


def _free_slug(values: CampaignValues) -> str:
    wanted = (values.slug or slugify(values.name) or "campaign")[:70]
    taken = set(Campaign.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    if values.slug:
        raise DomainError(
            "campaign_slug_taken", _("Another campaign has this short name."), field="slug"
        )
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)


def _set_targets(campaign: Campaign, values: CampaignValues) -> None:
    wanted = dict.fromkeys(values.exclude, True) | dict.fromkeys(values.include, False)
    if set(values.include) & set(values.exclude):
        raise DomainError(
            "campaign_target_twice",
            _("A target cannot be included and left out at once."),
            field="exclude",
        )
    if Target.objects.filter(pk__in=wanted).count() != len(wanted):
        raise DomainError("target_gone", _("This target no longer exists."), field="include")
    campaign.targets.exclude(target_id__in=wanted).delete()
    for pk, is_excluded in wanted.items():
        CampaignTarget.objects.update_or_create(
            campaign=campaign, target_id=pk, defaults={"is_excluded": is_excluded}
        )


@transaction.atomic
def campaign_clone(*, campaign: Campaign, by: User | None, name: str = "") -> Campaign:
    """A draft with the same content and targets."""
    values = campaign_values(campaign)
    copy_name = name or _("Copy of %(name)s") % {"name": campaign.name}
    fields = {**values.__dict__, "name": copy_name[:120], "slug": ""}
    return campaign_create(by=by, values=CampaignValues(**fields))


@transaction.atomic
def campaign_delete(*, campaign: Campaign, by: User | None) -> None:
    """Delete one that never was sent.

    :raises DomainError: it has deliveries.
    """
    held = _locked(campaign, {State.DRAFT, State.SCHEDULED, State.CANCELLED, State.FAILED})
    if held.frozen_at and Delivery.objects.filter(campaign_id=held.pk).exists():
        raise DomainError(
            "campaign_has_deliveries", _("What was sent stays: this campaign cannot be deleted.")
        )
    audit.record("messaging.campaign.deleted", actor=by, subject=held, data={"slug": held.slug})
    held.delete()


@transaction.atomic
def campaign_schedule(*, campaign: Campaign, at: datetime, by: User | None) -> Campaign:
    """Start by itself at a time.

    :raises DomainError: the time has passed, or the checklist blocks.
    """
    held = _locked(campaign, EDITABLE)
    if at <= clock.now():
        raise DomainError(
            "campaign_time_past", _("Choose a time in the future."), field="scheduled_at"
        )
    _require_checks(held)
    _move(held, State.SCHEDULED, by, "scheduled", scheduled_at=at)
    return held


@transaction.atomic
def campaign_unschedule(*, campaign: Campaign, by: User | None) -> Campaign:
    held = _locked(campaign, {State.SCHEDULED})
    _move(held, State.DRAFT, by, "unscheduled", scheduled_at=None)
    return held


@transaction.atomic
def campaign_send(*, campaign: Campaign, by: User | None) -> Campaign:
    """Compile, freeze the audience and let the sender begin.

    :raises DomainError: the first line of the checklist that blocks.
    """
    held = _locked(campaign, EDITABLE)
    _require_checks(held)
    _compile(held)
    now = clock.now()
    held.frozen_at = now
    held.audience_count = audience_freeze(campaign=held, at=now)
    _move(held, State.SENDING, by, "started", started_at=now)
    after_commit("messaging.send", queue="sending")
    return held


def _require_checks(campaign: Campaign) -> None:
    for check in blocking_checks(campaign):
        raise DomainError(
            f"campaign_{check.key}",
            check.problem,
            field=check.field,
            data={"line": check.line},
        )


def _compile(campaign: Campaign) -> None:
    try:
        contents = rendering.compile_campaign(campaign)
    except TemplateRefused as refused:
        raise rendering.refusal(refused) from None
    CampaignContent.objects.filter(campaign=campaign).delete()
    Link.objects.filter(campaign=campaign).delete()
    for language, compiled in contents.items():
        CampaignContent.objects.create(
            campaign=campaign, language=language, compiled=compiled.as_dict()
        )
    links = contents[settings.SITE_LANGUAGE].links
    Link.objects.bulk_create(
        [
            Link(campaign=campaign, position=number, url=link["url"], label=link["label"])
            for number, link in enumerate(links, 1)
        ]
    )


@transaction.atomic
def campaign_pause(*, campaign: Campaign, by: User | None) -> Campaign:
    """No new batch is claimed; what is in flight ends."""
    held = _locked(campaign, {State.SENDING})
    _move(held, State.PAUSED, by, "paused")
    return held


@transaction.atomic
def campaign_resume(*, campaign: Campaign, by: User | None) -> Campaign:
    held = _locked(campaign, {State.PAUSED})
    _move(held, State.SENDING, by, "resumed")
    after_commit("messaging.send", queue="sending")
    return held


@transaction.atomic
def campaign_cancel(*, campaign: Campaign, by: User | None) -> Campaign:
    """Those who wait get nothing; what is in flight ends."""
    held = _locked(campaign, {State.SCHEDULED, State.SENDING, State.PAUSED})
    if held.frozen_at:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE messaging_delivery SET state = 'cancelled' "
                "WHERE campaign_id = %s AND created_at = %s AND state = 'pending'",
                [held.pk, held.frozen_at],
            )
    _move(held, State.CANCELLED, by, "cancelled", finished_at=clock.now())
    return held


@transaction.atomic
def unknown_resolve(*, campaign: Campaign, by: User | None, resend: bool) -> int:
    """Send to those whose mail may or may not have arrived once more, or leave it at that."""
    held = _locked(campaign, {State.SENDING, State.PAUSED, State.FINISHED})
    state = "pending" if resend else "cancelled"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET state = %s, lease_id = NULL "
            "WHERE campaign_id = %s AND created_at = %s AND state = 'unknown'",
            [state, held.pk, held.frozen_at],
        )
        count = int(cursor.rowcount)
    data = {"count": count, "resend": resend}
    audit.record("messaging.campaign.unknown_resolved", actor=by, subject=held, data=data)
    if resend and held.state == State.FINISHED:
        held.state = State.SENDING
        held.save(update_fields=["state", "updated_at"])
        after_commit("messaging.send", queue="sending")
    return count


def _locked(campaign: Campaign, states: set[State]) -> Campaign:
    """The row, locked; only in these states."""
    held = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if held.state not in states:
        raise DomainError(
            "campaign_state",
            _("This cannot be done: the campaign is “%(state)s”.")
            % {"state": held.get_state_display()},
            data={"state": held.state},
        )
    return held


def _move(
    campaign: Campaign, state: State, by: User | None, action: str, **values: datetime | None
) -> None:
    campaign.state = state
    campaign.state_reason = ""
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.version += 1
    campaign.save()
    data = {"audience": campaign.audience_count}
    audit.record(f"messaging.campaign.{action}", actor=by, subject=campaign, data=data)
