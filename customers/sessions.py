"""Sessions in the database, with owner, scope and device, so that they can be listed and ended."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from customers.models.accounts import Session


class SessionStore(DatabaseStore):
    """Stores who the session belongs to beside the data; a row of another scope is not found."""

    def __init__(self, session_key: str | None = None, scope: str = "storefront") -> None:
        super().__init__(session_key)
        self.scope = scope

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found: Session | None = super()._get_session_from_db()
        if found is not None and found.scope != self.scope:
            self._session_key = None
            return None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)
        user_id = data.get("_auth_user_id")
        row.user_id = int(user_id) if user_id else None
        row.scope = self.scope
        row.ip = data.get("ip")
        row.user_agent = str(data.get("user_agent", ""))[:300]
        row.device = str(data.get("device", ""))
        return row
