"""How the steps of a change of e-mail read on the timeline."""

from django.utils.translation import gettext as _

from customers.models import Activity


def email_move_words(row: Activity) -> str:
    sentences = {
        "asked": _("Another e-mail was asked for"),
        "sent_again": _("The links of the change of e-mail were sent again"),
        "proved_new": _("The new e-mail was proved"),
        "proved_old": _("The change of e-mail was agreed to from the old address"),
        "refused": _("The change of e-mail was refused by mail"),
        "cancelled": _("The change of e-mail was called off"),
        "failed": _("The change of e-mail was not possible any more"),
    }
    return sentences.get(row.data.get("step", ""), _("Nobody answered the change of e-mail"))
