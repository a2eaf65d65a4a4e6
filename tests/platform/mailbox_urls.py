"""The product's URLs with those of the mailbox, which tests leave off otherwise."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [path("mailbox/", include("config.mailbox.urls")), *product]
