"""Staff: log-in, one's own safety, colleagues."""

from django.urls import URLPattern, path

from customers.backoffice.staff import (
    alerts,
    factor,
    login,
    passkeys,
    passwords,
    people,
    roles,
    security,
)

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
    path("login/alert/<uuid:public_id>/<str:token>/", alerts.staff_alert, name="alert"),
    path("login/passkey/", passkeys.login, name="passkey_login"),
    path("login/passkey/ask/", passkeys.login_ask, name="passkey_login_ask"),
    path("login/code/passkey/", passkeys.code, name="passkey_code"),
    path("login/code/passkey/ask/", passkeys.code_ask, name="passkey_code_ask"),
    path("logout/", login.logout, name="logout"),
    path("welcome/", login.welcome, name="welcome"),
    path("security/", security.security, name="security"),
    path("security/factor/", factor.factor_setup, name="factor_setup"),
    path("security/factor/off/", security.factor_off, name="factor_off"),
    path("security/codes/", security.codes_replace, name="codes"),
    path("security/passkeys/new/", passkeys.new, name="passkey_new"),
    path("security/passkeys/offer/", passkeys.offer, name="passkey_offer"),
    path("security/passkeys/ask/", passkeys.proof_ask, name="passkey_proof_ask"),
    path("security/passkeys/<int:pk>/remove/", passkeys.remove, name="passkey_remove"),
    path("security/password/", security.password, name="password"),
    path("security/sessions/end/", security.session_close, name="session_end"),
    path("staff/", people.people, name="people"),
    path("staff/invite/", people.invite, name="invite"),
    path("staff/roles/", roles.roles, name="roles"),
    path("staff/roles/new/", roles.role_new, name="role_new"),
    path("staff/roles/<slug:key>/", roles.role, name="role"),
    path("staff/roles/<slug:key>/rights/", roles.role_save, name="role_save"),
    path("staff/roles/<slug:key>/name/", roles.role_name, name="role_name"),
    path("staff/roles/<slug:key>/reset/", roles.role_default, name="role_reset"),
    path("staff/roles/<slug:key>/delete/", roles.role_remove, name="role_delete"),
    path("staff/<int:pk>/", people.person, name="person"),
    path("staff/<int:pk>/role/", people.role, name="person_role"),
    path("staff/<int:pk>/link/", people.invite_again, name="person_invite_again"),
    path("staff/<int:pk>/deactivate/", people.deactivate, name="person_deactivate"),
    path("staff/<int:pk>/reactivate/", people.reactivate, name="person_reactivate"),
    path("staff/<int:pk>/factor/off/", people.factor_reset, name="person_factor_reset"),
    path("staff/<int:pk>/sessions/end/", people.sessions_end, name="person_sessions_end"),
    path("staff/<int:pk>/<slug:panel>/", people.person, name="person_panel"),
]
