"""What goes on once a transaction is committed. Every handler may run twice."""

from datetime import datetime

from config.kit import audit
from config.kit.api.models import ApiToken
from config.kit.api.services.tokens import token_revoke
from config.kit.events import emit, subscribe
from customers.events import (
    AccountMailRequested,
    CustomerCreated,
    CustomerEvent,
    CustomerRestored,
    CustomersImported,
    CustomersMerged,
    CustomersUnmerged,
    CustomerTrashed,
    CustomerUpdated,
    LoginDisowned,
    LoginFailed,
    PasswordLinkAsked,
)
from customers.merging.duplicates import duplicates_refresh
from customers.models import ImportChange, LoginAlert, User
from customers.rules.statuses import may_get_password_link
from customers.selectors.accounts import owner_of_address
from customers.services.activity import activity_record
from customers.services.login_alerts import login_alert_raise


@subscribe(PasswordLinkAsked)
def mail_the_password_link(event: PasswordLinkAsked) -> None:
    """Ask for the mail if the address leads to somebody who may log in."""
    user, customer = owner_of_address(event.address)
    if customer is not None and not may_get_password_link(customer.state):
        customer = None
    may_user = user is not None and user.is_active and (user.is_staff or customer is not None)
    may_customer = user is None and customer is not None and customer.email != ""
    if may_user or may_customer:
        emit(
            AccountMailRequested(
                kind="password_link",
                user_id=user.pk if user else None,
                customer_id=customer.pk if customer else None,
            )
        )


@subscribe(LoginFailed)
def note_the_failed_login(event: LoginFailed) -> None:
    user, customer = owner_of_address(event.address)
    if event.scope == "backoffice" and user is not None and user.is_staff:
        audit.record(
            "customers.staff.login_failed",
            subject=user,
            data={"ip": event.ip, "device": event.device},
            origin="login",
        )
    if event.scope == "storefront" and customer is not None:
        activity_record(
            customer_id=customer.pk,
            kind="login_failed",
            at=datetime.fromisoformat(event.at),
            origin="storefront",
            device=event.device,
            ip=event.ip,
        )
    if event.locks and user is not None:
        login_alert_raise(
            user=user,
            kind=LoginAlert.Kind.LOCKED,
            at=datetime.fromisoformat(event.at),
            ip=event.ip,
            agent=event.agent,
        )


@subscribe(LoginDisowned)
def revoke_the_tokens(event: LoginDisowned) -> None:
    """Those of programs that were made since somebody else was in."""
    user = User.objects.get(pk=event.user_id)
    made = ApiToken.objects.filter(
        created_by=user, created_at__gte=datetime.fromisoformat(event.since)
    )
    for token in made:
        token_revoke(token=token, by=user)


def look_for_duplicates(event: CustomerEvent) -> None:
    duplicates_refresh(ids=[event.customer_id])


def look_for_duplicates_of_both(event: CustomersMerged | CustomersUnmerged) -> None:
    duplicates_refresh(ids=[event.customer_id, event.merged_id])


subscribe(CustomerCreated)(look_for_duplicates)
subscribe(CustomerUpdated)(look_for_duplicates)
subscribe(CustomerTrashed)(look_for_duplicates)
subscribe(CustomerRestored)(look_for_duplicates)
subscribe(CustomersMerged)(look_for_duplicates_of_both)
subscribe(CustomersUnmerged)(look_for_duplicates_of_both)


@subscribe(CustomersImported)
def look_for_duplicates_of_an_import(event: CustomersImported) -> None:
    ids = ImportChange.objects.filter(batch_id=event.batch_id).values_list("customer_id", flat=True)
    duplicates_refresh(ids=list(ids))
