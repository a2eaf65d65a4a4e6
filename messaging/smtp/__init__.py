"""A small SMTP client: kept connections, pipelined, and exact about what became of a mail."""
