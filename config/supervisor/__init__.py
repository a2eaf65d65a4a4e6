"""Runs everything on one machine: PostgreSQL, Valkey, the mailbox, web, workers and beat."""
