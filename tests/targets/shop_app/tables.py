"""The migration of the test app: its tables, captured, with the index that a sweep of time scans."""

from targets.capture import Capture

NOTICES = "shop_notice"
ORDERS = "shop_order"
CREATE = f"""
CREATE TABLE {NOTICES} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    campaign varchar(40) NOT NULL DEFAULT '',
    sent_at timestamptz,
    opened_at timestamptz
);
CREATE INDEX {NOTICES}_by_sending ON {NOTICES} (sent_at);
CREATE TABLE {ORDERS} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    paid_at timestamptz,
    rejected_at timestamptz,
    amount bigint NOT NULL,
    currency char(3) NOT NULL DEFAULT 'CLP',
    method varchar(20) NOT NULL DEFAULT 'webpay'
);
CREATE INDEX {ORDERS}_by_payment ON {ORDERS} (paid_at);
"""
CAPTURES = (
    Capture(
        table=NOTICES,
        compared=("customer_id", "campaign", "sent_at", "opened_at"),
        moments=("sent_at", "opened_at"),
    ),
    Capture(
        table=ORDERS,
        compared=("customer_id", "paid_at", "rejected_at", "amount", "currency", "method"),
        moments=("paid_at", "rejected_at"),
    ),
)
FORWARD = CREATE + "".join(one.forward for one in CAPTURES)
