"""From a request's id to a row."""

from uuid import UUID

from django.http import Http404

from targets.models import Target


def target_or_404(public_id: UUID) -> Target:
    """The target of this address.

    :raises Http404: there is none.
    """
    target = Target.objects.select_related("created_by").filter(public_id=public_id).first()
    if target is None:
        raise Http404
    return target
