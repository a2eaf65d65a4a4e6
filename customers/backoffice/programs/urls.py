"""Programs: their tokens, and the reference that they go by."""

from django.urls import URLPattern, path

from customers.backoffice.programs import reference, tokens

app_name = "programs"
urlpatterns: list[URLPattern] = [
    path("", tokens.token_list, name="tokens"),
    path("new/", tokens.token_new, name="token_create"),
    path("reference/", reference.reference, name="reference"),
    path("<uuid:public_id>/revoke/", tokens.token_end, name="token_revoke"),
]
