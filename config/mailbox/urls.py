from django.urls import path

from config.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.mail_list, name="list"),
    path("<int:number>/", views.mail_detail, name="detail"),
    path("<int:number>/html", views.mail_html, name="html"),
    path("<int:number>/source", views.mail_source, name="source"),
    path("<int:number>/files/<int:file>", views.mail_file, name="file"),
]
