"""Jobs."""

from django.urls import URLPattern, path

from config.kit.backoffice import job_views

app_name = "jobs"
urlpatterns: list[URLPattern] = [
    path("", job_views.job_list, name="list"),
    path("<uuid:public_id>/", job_views.job_detail, name="detail"),
    path("<uuid:public_id>/cancel/", job_views.cancel, name="cancel"),
    path("<uuid:public_id>/retry/", job_views.retry, name="retry"),
    path("<uuid:public_id>/errors.csv", job_views.errors_download, name="errors"),
    path("<uuid:public_id>/files/<uuid:file_id>/", job_views.download, name="file"),
]
