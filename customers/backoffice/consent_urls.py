"""Consents and log-in of a person."""

from django.urls import URLPattern, path

from customers.backoffice.consents import views

app_name = "consents"
urlpatterns: list[URLPattern] = [
    path("<uuid:public_id>/consents/new/", views.statement_create, name="statement_create"),
    path("<uuid:public_id>/consents/<int:pk>/", views.receipt, name="receipt"),
    path("<uuid:public_id>/consents/<int:pk>/receipt.pdf", views.receipt_file, name="receipt_pdf"),
    path("<uuid:public_id>/login/end-sessions/", views.sessions_end, name="sessions_end"),
]
