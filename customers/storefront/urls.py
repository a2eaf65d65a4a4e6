"""The account on the storefront."""

from django.urls import URLPattern, path

from customers.storefront import (
    alerts,
    codes,
    email_moves,
    login,
    missing,
    pages,
    policy,
    receipts,
    requests,
)

app_name = "account"
urlpatterns: list[URLPattern] = [
    path("", login.root, name="root"),
    path("account/", pages.home, name="home"),
    path("account/login/", login.login, name="login"),
    path("account/alert/<uuid:public_id>/<str:token>/", alerts.account_alert, name="alert"),
    path("account/logout/", login.logout, name="logout"),
    path("account/viewing/end/", login.viewing_leave, name="viewing_end"),
    path("account/password/", login.password_ask, name="password_ask"),
    path("account/password/sent/", login.password_sent, name="password_sent"),
    path("account/password/<str:who>/<str:token>/", login.password_by_link, name="password_set"),
    path("account/data/", pages.my_data, name="data"),
    path("account/email/", email_moves.my_email, name="email"),
    path("account/email/cancel/", email_moves.my_email_cancel, name="email_cancel"),
    path(
        "account/email/<uuid:move_id>/<str:side>/<str:token>/",
        email_moves.email_answer,
        name="email_answer",
    ),
    path("account/consents/", pages.consents, name="consents"),
    path("account/consents/<int:pk>/", receipts.receipt, name="receipt"),
    path("account/consents/<int:pk>/receipt.pdf", receipts.receipt_file, name="receipt_pdf"),
    path("account/rights/", requests.my_requests, name="requests"),
    path("account/rights/<uuid:request_id>/copy/", requests.my_copy, name="request_copy"),
    path("account/invite/", codes.invite, name="invite"),
    path("i/<str:code>/", codes.invited, name="invited"),
    path("account/security/", pages.security, name="security"),
    path("account/security/password/", pages.password, name="password"),
    path("account/security/sessions/end/", pages.session_close, name="session_end"),
    path("data/<str:token>/", missing.missing, name="missing"),
    path("privacy/", policy.policy, name="policy"),
    path("privacy/<slug:language>/<int:number>/", policy.policy_version, name="policy_version"),
]
