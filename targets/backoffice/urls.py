"""Targets."""

from django.urls import path

from targets.backoffice import lists, views

app_name = "targets"
urlpatterns = [
    path("", views.target_list, name="index"),
    path("new/", views.target_new, name="new"),
    path("filter/", views.list_filter, name="filter"),
    path("people/", views.company, name="company"),
    path("lists/", lists.lists, name="lists"),
    path("lists/new/", lists.list_new, name="list_new"),
    path("lists/<uuid:public_id>/", lists.people_list, name="list"),
    path("lists/<uuid:public_id>/edit/", lists.list_edit, name="list_edit"),
    path("lists/<uuid:public_id>/delete/", lists.list_gone, name="list_delete"),
    path("lists/<uuid:public_id>/add/", lists.list_put, name="list_add"),
    path("lists/<uuid:public_id>/remove/", lists.list_take, name="list_remove"),
    path("lists/<uuid:public_id>/<slug:panel>/", lists.people_list, name="list_panel"),
    path("compare/", views.compare, name="compare"),
    path("schema.json", views.schema, name="schema"),
    path("<uuid:public_id>/", views.target_record, name="target"),
    path("<uuid:public_id>/edit/", views.target_edit, name="edit"),
    path("<uuid:public_id>/duplicate/", views.duplicate, name="duplicate"),
    path("<uuid:public_id>/delete/", views.delete, name="delete"),
    path("<uuid:public_id>/refresh/", views.refresh, name="refresh"),
    path("<uuid:public_id>/check/", views.check, name="check"),
    path("<uuid:public_id>/people/<uuid:customer_id>/", views.why, name="explain"),
    path("<uuid:public_id>/people/<uuid:customer_id>/by-hand/", views.pick, name="pick"),
    path("<uuid:public_id>/<slug:panel>/", views.target_record, name="panel"),
]
