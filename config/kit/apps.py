from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KitConfig(AppConfig):
    name = "config.kit"
    label = "kit"
    verbose_name = _("Kit")

    def ready(self) -> None:
        from config.kit import checks
        from config.kit.backoffice import menu

        menu.register_all()
