"""Sessions in the database, with owner, scope and device, so that they can be listed and ended."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils.crypto import salted_hmac

from config.kit import clock

if TYPE_CHECKING:
    from customers.models.accounts import Session

BACKOFFICE: Final = "backoffice"
STOREFRONT: Final = "storefront"
# In a session that shows a member of staff the storefront as a customer sees it.
VIEWING: Final = "viewing"
# However busy it is, a session ends this long after its log-in.
LONGEST: Final = {BACKOFFICE: timedelta(days=14), STOREFRONT: timedelta(days=90)}
TOUCH_EVERY: Final = 300


class SessionStore(DatabaseStore):
    """Stores who the session belongs to beside the data; a row of another scope is not found."""

    def __init__(self, session_key: str | None = None, scope: str = STOREFRONT) -> None:
        super().__init__(session_key)
        self.scope = scope

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        """The model names this store, as Django wants it; so the store asks for it by name."""
        return apps.get_model("customers", "Session")

    def get_session_cookie_age(self) -> int:
        """Seconds until it ends if nothing happens any more, at most up to its longest life."""
        idle = (
            settings.STAFF_SESSION_COOKIE_AGE
            if self.scope == BACKOFFICE
            else settings.SESSION_COOKIE_AGE
        )
        started = self.get("started_at")
        if started is None:
            return int(idle)
        left = started + LONGEST[self.scope].total_seconds() - clock.now().timestamp()
        return max(0, min(int(idle), int(left)))

    def delete(self, session_key: str | None = None) -> None:
        """End this session, or another one of the same scope."""
        key = session_key or self.session_key
        if key:
            self.get_model_class().objects.filter(session_key=key, scope=self.scope).delete()

    def cycle_key(self) -> None:
        """Go on under a new key; a session that was ended meanwhile stays ended."""
        self.has_key(SESSION_KEY)  # read, before its row goes
        old = self.session_key
        with transaction.atomic():
            rows = self.get_model_class().objects.filter(session_key=old, scope=self.scope)
            if old is None or rows.delete()[0]:
                self.create()
                return
        self.flush()

    def touch(self) -> None:
        """Note that its owner was here, at most every five minutes; that prolongs the session."""
        now = int(clock.now().timestamp())
        if SESSION_KEY in self and now - self.get("seen_at", 0) >= TOUCH_EVERY:
            self["seen_at"] = now

    def _get_session_from_db(self) -> "Session | None":
        found: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        if found is not None and found.scope != self.scope:
            self._session_key = None
            return None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        row = cast("Session", super().create_model_instance(data))
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.scope = self.scope
        row.ip = data.get("ip")
        row.user_agent = str(data.get("user_agent", ""))[:300]
        row.device = str(data.get("device", ""))
        if "started_at" in data:
            row.created_at = datetime.fromtimestamp(data["started_at"], tz=UTC)
        return row


def session_handle(session: "Session") -> str:
    """A name for a session that does not open it, as its key would."""
    return salted_hmac("customers.session_handle", session.session_key).hexdigest()[:32]
