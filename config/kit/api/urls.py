"""/api/v1/: what programs call."""

from django.urls import URLPattern, path

from config.kit.api import openapi
from config.kit.api.building import patterns

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi.document, name="openapi"),
    *patterns(),
]
