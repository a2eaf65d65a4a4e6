"""The first log-in of an empty installation, which owns it.

In production whoever comes first must not become the owner: the page opens only by a link that
``manage.py setup_link`` signs. It holds for a day, and ends when there is an owner.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import User
from customers.selectors.accounts import staff_exists
from customers.services.staff import staff_create

FIRST_OWNER_LOCK = 7_301_004
SALT = "customers.first-owner"
DAY = 86_400


def setup_link() -> str:
    """Where the owner is made.

    :raises DomainError: ``not_first`` when there is staff already.
    """
    if staff_exists():
        raise DomainError("not_first", _("There is an owner already."))
    query = urlencode({"token": signing.dumps("first-owner", salt=SALT)})
    return f"{settings.SITE_URL}{reverse('staff:welcome')}?{query}"


def setup_allowed(token: str) -> bool:
    if not settings.SETUP_LINK_REQUIRED:
        return True
    try:
        signing.loads(token, salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return False
    return True


@transaction.atomic
def first_owner_create(
    *, email: str, password: str, name: str, language: str, request: HttpRequest
) -> User:
    """Make the owner of an empty installation.

    :raises DomainError: ``not_first`` when there is staff already; what ``staff_create`` raises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_OWNER_LOCK])
    if staff_exists():
        raise DomainError("not_first", _("There is an owner already."))
    return staff_create(
        email=email, password=password, role="owner", name=name, language=language, request=request
    )
