"""Brings the schema up to the code."""

import io
import sys

from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate() -> None:
    """Only when something is missing: planning costs far less than Django's own command."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        refuse_old_server()
        call_command("migrate", verbosity=0, interactive=False)


def refuse_old_server() -> None:
    """``call_command`` leaves out the checks that ``manage.py migrate`` makes."""
    try:
        call_command("check", databases=["default"], tags=[Tags.database], stdout=io.StringIO())
    except SystemCheckError as error:
        sys.exit(str(error))
