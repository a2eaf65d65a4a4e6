"""Open sessions and their end."""

from django.db import transaction

from customers.models import Session, User


@transaction.atomic
def session_end_all(*, user: User) -> int:
    """End every session of a log-in, of both scopes; returns how many there were."""
    ended, _by_model = Session.objects.filter(user=user).delete()
    return ended
