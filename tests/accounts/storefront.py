"""Carla at the log-in of the storefront."""

from urllib.parse import urlsplit

from django.test import Client

from customers.models import Activity, Customer
from tests.accounts.conftest import PASSWORD

CARLA = "carla@correo.example"
NEW_PASSWORD = "una-frase-nueva-77"


def log_in(client: Client, address: str = CARLA, password: str = PASSWORD, **more: str):
    return client.post("/account/login/", {"email": address, "password": password, **more})


def path_of(link: str) -> str:
    return urlsplit(link).path


def kinds_of(customer: Customer) -> list[str]:
    rows = Activity.objects.filter(customer=customer).order_by("id")
    return [row.kind for row in rows]
