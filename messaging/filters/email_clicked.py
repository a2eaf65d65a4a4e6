"""TG27: clicks by the person, not by a machine; the window is on any click."""

from django.utils.translation import gettext_lazy

from messaging.filters.email_opened import EmailOpened


class EmailClicked(EmailOpened):
    id = "email_clicked"
    label = gettext_lazy("E-mail clicked")
    kinds = ("email_clicked",)
    opens = "kind = 'email_clicked'"
    sentence = gettext_lazy("clicked in %(mail)s %(times)s %(when)s")


FILTER = EmailClicked()
