"""What this app does when something happened below. Handlers are idempotent: their rows are written
in the transaction that takes the event out of the outbox."""

from config.kit.events import subscribe
from customers.events import (
    AccountMailRequested,
    EmailMoveMailDue,
    LoginAlertMailDue,
    PrivacyMailDue,
)
from customers.models import Customer, User
from customers.selectors.email_moves import move_by_id
from customers.selectors.login_alerts import login_alert_by_id
from customers.selectors.requests import request_by_id
from messaging.services.privacy_mails import privacy_mail_queue
from messaging.services.transactional import account_mail_queue, alert_mail_queue, move_mail_queue


@subscribe(AccountMailRequested)
def queue_account_mail(event: AccountMailRequested) -> None:
    user = User.objects.filter(pk=event.user_id).first() if event.user_id else None
    customers = Customer.objects.all()
    customer = customers.filter(pk=event.customer_id).first() if event.customer_id else None
    if customer is None and user is not None:
        customer = customers.filter(user=user).first()
    if user is None and customer is None:
        return
    account_mail_queue(kind=event.kind, user=user, customer=customer)


@subscribe(EmailMoveMailDue)
def queue_mail_about_a_move(event: EmailMoveMailDue) -> None:
    move = move_by_id(event.move_id)
    if move is not None:
        move_mail_queue(move=move, kind=event.kind)


@subscribe(PrivacyMailDue)
def queue_mail_about_a_privacy_request(event: PrivacyMailDue) -> None:
    row = request_by_id(event.request_id)
    if row is not None:
        privacy_mail_queue(row=row, kind=event.kind)


@subscribe(LoginAlertMailDue)
def queue_mail_about_a_log_in(event: LoginAlertMailDue) -> None:
    alert = login_alert_by_id(event.alert_id)
    if alert is not None:
        alert_mail_queue(alert=alert)
