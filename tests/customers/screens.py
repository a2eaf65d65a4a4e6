"""Addresses and forms of the customers' screens."""

import re
from html import unescape

from customers.models import Customer

LIST = "/backoffice/customers/"
NEW = "/backoffice/customers/new/"
EMPTY_FORM = {
    "first_name": "",
    "last_name": "",
    "second_last_name": "",
    "id_type": "cl_rut",
    "id_number": "",
    "birthday": "",
    "email": "",
    "phone": "",
    "line1": "",
    "line2": "",
    "district": "",
    "city": "",
    "region": "",
    "postal_code": "",
    "country": "",
    "lifecycle": "lead",
    "gender": "",
    "language": "",
    "time_zone": "",
}


def record_url(customer: Customer) -> str:
    return f"/backoffice/customers/{customer.public_id}/"


def base_in(page: str) -> str:
    """What the form remembers of the values that it showed."""
    found = re.search(r'name="base" value="([^"]*)"', page)
    assert found
    return unescape(found[1])
