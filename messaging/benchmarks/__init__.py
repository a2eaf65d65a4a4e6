"""How fast campaigns go, beside a client that does nothing but speak SMTP."""
