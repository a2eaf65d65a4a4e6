"""What goes for every list: kept views, columns, export."""

from django.urls import URLPattern, path

from config.kit.backoffice import list_export, list_views

app_name = "lists"
urlpatterns: list[URLPattern] = [
    path("<slug:key>/columns/", list_views.columns, name="columns"),
    path("<slug:key>/export/", list_export.list_export, name="export"),
    path("<slug:key>/views/", list_views.views, name="views"),
    path("<slug:key>/views/new/", list_views.view_new, name="view_new"),
    path("<slug:key>/views/order/", list_views.view_order, name="view_order"),
    path("<slug:key>/views/default/", list_views.view_default, name="view_default"),
    path("<slug:key>/views/<uuid:public_id>/", list_views.view_edit, name="view_edit"),
    path("<slug:key>/views/<uuid:public_id>/save/", list_views.view_save, name="view_save"),
    path("<slug:key>/views/<uuid:public_id>/copy/", list_views.view_copy, name="view_copy"),
    path("<slug:key>/views/<uuid:public_id>/delete/", list_views.view_remove, name="view_delete"),
    path(
        "<slug:key>/views/<uuid:public_id>/restore/",
        list_views.view_bring_back,
        name="view_restore",
    ),
]
