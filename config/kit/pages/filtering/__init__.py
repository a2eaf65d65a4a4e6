"""What lists are filtered by: kinds of filters, their fields, and what they say in words."""
