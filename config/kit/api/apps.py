from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "config.kit.api"
    label = "api"
    verbose_name = _("Programs")

    def ready(self) -> None:
        from config.kit.api import plugins
