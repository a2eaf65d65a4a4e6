"""Staff log-in."""

from django.urls import URLPattern, path

from customers.backoffice.staff import factor, login, passwords, security

app_name = "staff"
urlpatterns: list[URLPattern] = [
    path("login/", login.login, name="login"),
    path("login/code/", login.second_factor, name="second_factor"),
    path("login/factor/", factor.factor_first, name="factor_first"),
    path("login/factor/qr.svg", factor.factor_qr_code, name="factor_qr"),
    path("login/password/", passwords.password_reset, name="password_reset"),
    path("login/password/sent/", passwords.password_reset_sent, name="password_reset_sent"),
    path(
        "login/password/<str:who>/<str:token>/", passwords.password_set_by_link, name="password_set"
    ),
    path("logout/", login.logout, name="logout"),
    path("welcome/", login.welcome, name="welcome"),
    path("security/", security.security, name="security"),
    path("security/factor/", factor.factor_setup, name="factor_setup"),
    path("security/factor/off/", security.factor_off, name="factor_off"),
    path("security/codes/", security.codes_replace, name="codes"),
    path("security/password/", security.password, name="password"),
    path("security/sessions/end/", security.session_close, name="session_end"),
]
