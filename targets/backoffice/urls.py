"""Targets."""

from django.urls import path

from targets.backoffice import views

app_name = "targets"
urlpatterns = [
    path("", views.target_list, name="index"),
    path("new/", views.target_new, name="new"),
    path("filter/", views.list_filter, name="filter"),
    path("people/", views.company, name="company"),
    path("schema.json", views.schema, name="schema"),
    path("<uuid:public_id>/", views.target_record, name="target"),
    path("<uuid:public_id>/edit/", views.target_edit, name="edit"),
    path("<uuid:public_id>/duplicate/", views.duplicate, name="duplicate"),
    path("<uuid:public_id>/delete/", views.delete, name="delete"),
    path("<uuid:public_id>/refresh/", views.refresh, name="refresh"),
    path("<uuid:public_id>/people/<uuid:customer_id>/", views.why, name="explain"),
    path("<uuid:public_id>/<slug:panel>/", views.target_record, name="panel"),
]
