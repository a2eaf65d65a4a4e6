import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Reads every view and URL now: once, before the server forks, and not at the first visitors.
reverse("health-live")
