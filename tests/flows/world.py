"""What the flows find in a running Clientela beside the demo, written by the product's services.

``furnish`` runs inside the stack (``manage.py shell``); the flows get what it returns.
"""

import json
from typing import Any

from customers.models import Customer, User
from customers.services.staff import staff_create

PASSWORD = "una-clave-larga-9"
# Each flow that changes what a log-in is has a person of its own.
STAFF = {
    "dana@casaquillay.example": ("Dana Railef", "owner", "es"),
    "tomas@casaquillay.example": ("Tomás Ibáñez", "owner", "es"),
    "viaje@casaquillay.example": ("Violeta Jerez", "owner", "es"),
    "teclas@casaquillay.example": ("Teresa Clavería", "owner", "es"),
    "austero@casaquillay.example": ("Austero Nogales", "owner", "es"),
}
SHOPPER = "carla.etxeberria@correo.example"


def furnish() -> dict[str, Any]:
    for address, (name, role, language) in STAFF.items():
        staff_create(email=address, password=PASSWORD, role=role, name=name, language=language)
    return {"shopper": str(shopper().public_id)}


def shopper() -> Customer:
    """A customer with a log-in on the storefront."""
    user = User(email=SHOPPER, name="Carla Etxeberria", language="es")
    user.set_password(PASSWORD)
    user.save()
    customer = Customer(user=user, first_name="Carla", last_name="Etxeberria", source="staff")
    customer.set_email(SHOPPER)
    customer.save()
    return customer


def run() -> None:
    print(json.dumps(furnish()))
