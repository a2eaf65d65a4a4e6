"""Migrations are linear, complete and can be taken back."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

APPS = ("kit", "api", "customers", "targets", "messaging")


def test_the_models_have_no_change_without_a_migration(db):
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()


@pytest.mark.parametrize("app", APPS)
def test_each_app_has_one_line_of_migrations(app: str):
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(app)) == 1


def test_every_migration_can_be_taken_back():
    loader = MigrationLoader(None)
    one_way = [
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in APPS
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]
    assert one_way == []
