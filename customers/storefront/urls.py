"""The account on the storefront."""

from django.urls import URLPattern

app_name = "account"
urlpatterns: list[URLPattern] = []
