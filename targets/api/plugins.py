"""The routes and the scope of this app."""

from django.utils.translation import gettext_lazy as _

from config.kit.api.registry import Scope, routers, scopes
from targets.api.views import targets


def register_all() -> None:
    scopes.register(
        "targets:read",
        Scope(label=_("Read targets and their members"), permission="targets.view_target"),
    )
    routers.register("/targets", targets.router)
