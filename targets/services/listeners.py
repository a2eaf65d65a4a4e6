"""Who wants to hear of entries and exits: events are written for those targets only."""

from django.db import transaction

from targets.models import Target, TargetListener
from targets.services.refresh import lock_building
from targets.upkeep.database import lock_switching


@transaction.atomic
def target_listen(*, target: Target, listener: str) -> None:
    """From now on each entry and exit of a target is an event, beside the membership.

    ``listener`` names who wants them; several may. Builds and batches that began before are
    waited for: who reads the members after this is committed misses nobody, and hears of nobody
    whom they do not know to be out.

    :raises Target.DoesNotExist: it was deleted meanwhile.
    """
    lock_building(target.pk)
    lock_switching()
    held = Target.objects.get(pk=target.pk)
    TargetListener.objects.get_or_create(target=held, listener=listener)


@transaction.atomic
def target_unlisten(*, target: Target, listener: str) -> None:
    """What was written until now is still delivered."""
    TargetListener.objects.filter(target_id=target.pk, listener=listener).delete()
