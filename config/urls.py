"""Every door of the product."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("backoffice/", include("customers.backoffice.staff_urls")),
    path("backoffice/", include("config.kit.backoffice.urls")),
    path("backoffice/jobs/", include("config.kit.backoffice.job_urls")),
    path("backoffice/lists/", include("config.kit.backoffice.list_urls")),
    path("backoffice/customers/", include("customers.backoffice.consent_urls")),
    path("backoffice/customers/", include("customers.backoffice.urls")),
    path("backoffice/imports/", include("customers.backoffice.import_urls")),
    path("backoffice/programs/", include("customers.backoffice.programs.urls")),
    path("backoffice/targets/", include("targets.backoffice.urls")),
    path("backoffice/", include("messaging.backoffice.urls")),
    path("preferences/", include("config.kit.pages.urls")),
    path("api/v1/", include("config.kit.api.urls")),
    path("m/", include("messaging.storefront.urls")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", include("customers.storefront.urls")),
]
if settings.MAILBOX_DIR:
    urlpatterns.insert(0, path("mailbox/", include("config.mailbox.urls")))
