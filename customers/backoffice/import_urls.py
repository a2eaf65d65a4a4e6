"""Imports and exports."""

from django.urls import URLPattern, path

from customers.backoffice.imports import export_views, mapping_views, views

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("", views.import_list, name="list"),
    path("new/", views.import_upload, name="upload"),
    path("export/", export_views.export_new, name="export"),
    path("mappings/", mapping_views.mapping_list, name="mappings"),
    path("mappings/<uuid:public_id>/", mapping_views.mapping_page, name="mapping"),
    path("mappings/<uuid:public_id>/delete/", mapping_views.mapping_remove, name="mapping_delete"),
    path("<uuid:public_id>/", views.import_detail, name="detail"),
    path("<uuid:public_id>/columns/", views.import_columns, name="columns"),
    path("<uuid:public_id>/rejected.csv", views.import_rejected, name="rejected"),
    path("<uuid:public_id>/stayed.csv", views.import_held, name="held"),
    path("<uuid:public_id>/apply/", views.import_apply, name="apply"),
    path("<uuid:public_id>/resume/", views.import_resume, name="resume"),
    path("<uuid:public_id>/undo/", views.import_undo, name="undo"),
]
