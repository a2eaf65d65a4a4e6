"""Filters for people's data."""

from django import template

from customers.rules.phones import phone_display

register = template.Library()
register.filter("phone", phone_display)
