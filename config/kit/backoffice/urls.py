"""Home, search, tray, audit trail, language."""

from django.urls import URLPattern, path

from config.kit.backoffice import invariant_views, trail_views, views

app_name = "kit"
urlpatterns: list[URLPattern] = [
    path("", views.home_page, name="home"),
    path("search/", views.search_page, name="search"),
    path("tray/", views.tray, name="tray"),
    path("trail/", trail_views.trail, name="trail"),
    path("trail/export/", trail_views.trail_export, name="trail_export"),
    path("trail/<int:pk>/", trail_views.trail_entry, name="trail_entry"),
    path("invariants/", invariant_views.invariant_list, name="invariants"),
    path("invariants/check/", invariant_views.invariant_check, name="invariants_check"),
    path("notices/", views.notice_list, name="notices"),
    path("language/", views.language, name="language"),
]
