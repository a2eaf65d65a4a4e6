"""Filters for people's data."""

from django import template

from customers.note_text import note_text
from customers.rules.phones import phone_display

register = template.Library()
register.filter("phone", phone_display)
register.filter("note_text", note_text)
