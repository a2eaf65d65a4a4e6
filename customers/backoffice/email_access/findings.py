"""The tab that says why a person gets no mail or cannot log in, each finding with what mends it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import Action, Panel, formats
from customers import registry
from customers.backoffice.status_words import status_text
from customers.models import Customer, Suppression
from customers.registry import Finding, email_checks
from customers.rules.statuses import may_get_password_link, may_log_in
from customers.selectors.email_access import EmailFacts, email_facts
from customers.selectors.email_moves import moves_of

CHANGE, MOVE = "customers.change_customer", "customers.move_emails"


def register_all() -> None:
    registry.panels.register(
        "email",
        Panel(
            lazy("E-mail"),
            "customers/email_access/panel.html",
            _context,
            "customers.view_customer",
            65,
        ),
    )


def _context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {"findings": findings_of(customer), "moves": moves_of(customer)}


def findings_of(customer: Customer) -> list[Finding]:
    """From the address outwards: what it is, who may use it, what was sent to it."""
    facts = email_facts(customer)
    found = [_address(customer, facts)]
    if customer.email:
        found += [_domain(facts), _standing(customer), _verified(customer), _blocked(facts)]
        found += [_login(customer, facts)]
    for check in sorted(email_checks.values(), key=lambda one: one.order):
        found += check.find(customer)
    if customer.email:
        found.append(_consent(customer, facts))
    return found


def _url(customer: Customer, name: str, *more: str) -> str:
    return reverse(f"customers:{name}", args=[customer.public_id, *more])


def _move(customer: Customer) -> Action:
    return Action(_("Move to another e-mail"), _url(customer, "email_move"), permission=MOVE)


def _address(customer: Customer, facts: EmailFacts) -> Finding:
    if not customer.email:
        return Finding(
            tone="danger",
            title=_("There is no e-mail"),
            text=_("Nothing can be sent to this person."),
            action=_move(customer),
        )
    if facts.wrong:
        return Finding(
            tone="danger",
            title=_("The address cannot exist"),
            text=facts.wrong,
            action=_move(customer),
        )
    if facts.meant:
        return Finding(
            tone="warning",
            title=_("The address may have a slip"),
            text=_("It ends in %(domain)s; perhaps %(meant)s was meant.")
            % {"domain": facts.domain, "meant": facts.meant},
            action=_move(customer),
        )
    return Finding(tone="ok", title=_("The address is well formed"), text=customer.email)


def _domain(facts: EmailFacts) -> Finding:
    names = {"domain": facts.domain}
    if facts.takes_mail == "yes":
        return Finding(
            tone="ok",
            title=_("Its domain takes mail"),
            text=_("%(domain)s names servers for mail.") % names,
        )
    if facts.takes_mail == "no":
        return Finding(
            tone="danger",
            title=_("Its domain takes no mail"),
            text=_("%(domain)s does not exist, or has no server for mail.") % names,
        )
    return Finding(
        tone="slate",
        title=_("Whether its domain takes mail is not known"),
        text=_("The name servers did not answer about %(domain)s.") % names,
    )


def _standing(customer: Customer) -> Finding:
    if customer.blocked_at:
        return Finding(
            tone="danger",
            title=_("The data of this person is blocked"),
            text=_("Blocked since %(when)s: no mail of any kind goes out.")
            % {"when": formats.moment(customer.blocked_at)},
            action=Action(
                _("Use the data again"),
                _url(customer, "block", "off"),
                method="post",
                permission=CHANGE,
            ),
        )
    if may_log_in(customer.state) and may_get_password_link(customer.state):
        return Finding(
            tone="ok",
            title=_("The person may log in and get mails"),
            text=_("Status: %(status)s.") % {"status": status_text(customer)},
        )
    return Finding(
        tone="danger",
        title=_("The status keeps this person out"),
        text=_("Status: %(status)s.") % {"status": status_text(customer)},
        action=Action(
            _("Activate"), _url(customer, "status", "active"), permission=CHANGE, dialog=True
        ),
    )


def _verified(customer: Customer) -> Finding:
    if customer.verified_at:
        return Finding(
            tone="ok",
            title=_("The address is verified"),
            text=_("Since %(when)s.") % {"when": formats.moment(customer.verified_at)},
        )
    return Finding(
        tone="warning",
        title=_("The address is not verified"),
        text=_("The person never followed a link in a mail to it."),
        action=Action(
            _("Verify by hand"), _url(customer, "verify"), permission=CHANGE, dialog=True
        ),
    )


def _blocked(facts: EmailFacts) -> Finding:
    block = facts.suppression
    if block is None:
        return Finding(
            tone="ok", title=_("Nothing blocks the address"), text=_("It is on no list.")
        )
    return Finding(
        tone="danger",
        title=_("The address is blocked"),
        text=_("%(reason)s, since %(when)s. %(detail)s")
        % {
            "reason": Suppression.Reason(block.reason).label,
            "when": formats.moment(block.created_at),
            "detail": block.detail,
        },
        action=Action(
            _("Take the block away"),
            reverse("customers:unsuppress", args=[block.pk]),
            permission="customers.delete_suppression",
            dialog=True,
        ),
    )


def _login(customer: Customer, facts: EmailFacts) -> Finding:
    if facts.is_locked:
        return Finding(
            tone="danger",
            title=_("The log-in is locked for now"),
            text=_("Too many attempts; it opens by itself after 15 minutes."),
            action=Action(_("Unlock"), _url(customer, "unlock"), method="post", permission=CHANGE),
        )
    link = Action(_("Send a link"), _url(customer, "password_link"), permission=CHANGE, dialog=True)
    user = customer.user
    if user is None or not user.has_usable_password():
        return Finding(
            tone="warning",
            title=_("There is no password yet"),
            text=_("The person sets one with a link."),
            action=link,
        )
    if user.is_password_over:
        return Finding(
            tone="warning",
            title=_("The temporary password is over"),
            text=_("It worked for 24 hours."),
            action=link,
        )
    if facts.failures:
        return Finding(
            tone="warning",
            title=_("Log-ins failed in the last day"),
            text=_("%(count)s times, last on %(when)s.")
            % {"count": formats.number(facts.failures), "when": formats.moment(facts.failed_at)},
            action=link,
        )
    return Finding(
        tone="ok",
        title=_("The log-in is open"),
        text=_("Last log-in: %(when)s.") % {"when": formats.moment(customer.last_login_at)},
    )


def _consent(customer: Customer, facts: EmailFacts) -> Finding:
    if facts.marketing == "granted":
        return Finding(
            tone="ok",
            title=_("The person agreed to offers and news"),
            text=_("Campaigns reach them unless something above stands in the way."),
        )
    return Finding(
        tone="slate",
        title=_("The person did not agree to offers and news"),
        text=_("Campaigns leave them out. Mails about orders and the account go out all the same."),
        action=Action(
            _("Note a statement"),
            reverse("consents:statement_create", args=[customer.public_id]),
            permission="customers.add_consentevent",
        ),
    )
