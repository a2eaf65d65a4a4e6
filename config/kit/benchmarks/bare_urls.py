"""The site's URLs and one more: the frame of the back office with nothing in it."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from config.kit.access import ANY_STAFF, StaffRequest, backoffice

BARE = "/backoffice/bench/bare/"


@backoffice(ANY_STAFF)
def bare_page(request: StaffRequest) -> HttpResponse:
    return render(request, "layouts/backoffice.html")


urlpatterns = [path(BARE.removeprefix("/"), bare_page), path("", include(settings.ROOT_URLCONF))]
