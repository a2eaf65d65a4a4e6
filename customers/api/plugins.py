"""The routes and scopes of this app."""

from config.kit.api.registry import routers
from customers.api import scopes
from customers.api.views import customers, labels


def register_all() -> None:
    scopes.register_all()
    routers.register("/customers", customers.router)
    routers.register("/tags", labels.tags)
    routers.register("/categories", labels.categories)
