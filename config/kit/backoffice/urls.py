"""Home, search, tray, language."""

from django.urls import URLPattern, path

from config.kit.backoffice import views

app_name = "kit"
urlpatterns: list[URLPattern] = [
    path("", views.home_page, name="home"),
    path("search/", views.search_page, name="search"),
    path("tray/", views.tray, name="tray"),
    path("language/", views.language, name="language"),
]
