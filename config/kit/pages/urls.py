"""Preferences of whoever reads."""

from django.urls import URLPattern, path

from config.kit.pages import preferences

app_name = "preferences"
urlpatterns: list[URLPattern] = [
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("keys/", preferences.letter_keys, name="letter_keys"),
]
