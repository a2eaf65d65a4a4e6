"""Tracking and unsubscribing. The letters are short because every mail carries these addresses."""

from django.urls import path

from messaging.storefront import views

app_name = "mail"
urlpatterns = [
    path("o/<str:token>.gif", views.open_pixel, name="open"),
    path("c/<str:token>", views.click, name="click"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("v/<str:token>", views.view_in_browser, name="view"),
]
