"""The routes and scopes of this app."""

from config.kit.api.registry import routers
from customers.api import scopes
from customers.api.views import around, customers, imports, labels


def register_all() -> None:
    scopes.register_all()
    routers.register("/customers", customers.router)
    for router in (around.router, around.consents):
        customers.router.add_router("", router)
    routers.register("/activity", around.activity)
    routers.register("/imports", imports.router)
    routers.register("/tags", labels.tags)
    routers.register("/categories", labels.categories)
