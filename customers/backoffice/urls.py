"""Customers, tags, categories, custom fields."""

from django.urls import URLPattern, path

from customers.backoffice.merging import views as merging
from customers.backoffice.views import (
    contact_points,
    custom_fields,
    labels,
    notes,
    records,
    status,
)

app_name = "customers"
urlpatterns: list[URLPattern] = [
    path("", records.customer_list, name="list"),
    path("new/", records.customer_create, name="create"),
    path("tags/", labels.tag_list, name="tags"),
    path("tags/new/", labels.tag_new, name="tag_create"),
    path("tags/<int:pk>/", labels.tag_edit, name="tag_edit"),
    path("tags/<int:pk>/delete/", labels.tag_remove_everywhere, name="tag_delete"),
    path("categories/", labels.category_list, name="categories"),
    path("categories/new/", labels.category_new, name="category_create"),
    path("categories/<int:pk>/", labels.category_edit, name="category_edit"),
    path("categories/<int:pk>/delete/", labels.category_remove, name="category_delete"),
    path("fields/", custom_fields.custom_field_list, name="custom_fields"),
    path("fields/new/", custom_fields.custom_field_new, name="custom_field_create"),
    path("fields/<int:pk>/", custom_fields.custom_field_edit, name="custom_field_edit"),
    path(
        "fields/<int:pk>/move/<str:direction>/",
        custom_fields.custom_field_step,
        name="custom_field_move",
    ),
    path("fields/<int:pk>/switch/", custom_fields.custom_field_switch, name="custom_field_switch"),
    path("fields/<int:pk>/delete/", custom_fields.custom_field_remove, name="custom_field_delete"),
    path("duplicates/", merging.duplicate_list, name="duplicates"),
    path("duplicates/find/", merging.duplicates_search, name="duplicates_find"),
    path("duplicates/<int:pk>/<slug:verdict>/", merging.duplicate_judge, name="duplicate_judge"),
    path("merges/", merging.merge_list, name="merges"),
    path("merges/<uuid:merge_id>/", merging.merge_page, name="merge_page"),
    path("merges/<uuid:merge_id>/undo/", merging.merge_take_back, name="merge_undo"),
    path("<uuid:public_id>/", records.customer_record, name="record"),
    path("<uuid:public_id>/merge/", merging.merge_pick, name="merge_pick"),
    path("<uuid:public_id>/merge/<uuid:other_id>/", merging.merge_two, name="merge"),
    path("<uuid:public_id>/edit/", records.customer_edit, name="edit"),
    path("<uuid:public_id>/status/<str:status>/", status.customer_status, name="status"),
    path("<uuid:public_id>/trash/", status.customer_to_trash, name="trash"),
    path("<uuid:public_id>/restore/", status.customer_from_trash, name="restore"),
    path("<uuid:public_id>/password-link/", status.customer_password_link, name="password_link"),
    path("<uuid:public_id>/tags/", contact_points.tag_put, name="tag_add"),
    path("<uuid:public_id>/tags/<int:pk>/remove/", contact_points.tag_take, name="tag_remove"),
    path("<uuid:public_id>/emails/new/", contact_points.alias_create, name="alias_add"),
    path("<uuid:public_id>/phones/new/", contact_points.phone_create, name="phone_add"),
    path("<uuid:public_id>/codes/new/", contact_points.external_id_create, name="external_add"),
    path("<uuid:public_id>/addresses/new/", contact_points.address_edit, name="address_add"),
    path("<uuid:public_id>/addresses/<int:pk>/", contact_points.address_edit, name="address_edit"),
    path(
        "<uuid:public_id>/remove/<str:kind>/<int:pk>/",
        contact_points.contact_point_delete,
        name="contact_point_remove",
    ),
    path("<uuid:public_id>/notes/new/", notes.note_create, name="note_add"),
    path("<uuid:public_id>/notes/<uuid:note_id>/edit/", notes.note_change, name="note_edit"),
    path("<uuid:public_id>/notes/<uuid:note_id>/pin/", notes.note_toggle_pin, name="note_pin"),
    path("<uuid:public_id>/notes/<uuid:note_id>/delete/", notes.note_remove, name="note_delete"),
    path("<uuid:public_id>/<slug:panel>/", records.customer_record, name="panel"),
]
