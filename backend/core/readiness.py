"""Commands work on an empty data directory: they first bring the database up to date, and say so on stderr."""

import sys

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure_migrated() -> None:
    """Applies the migrations that are missing; silent and quick when there are none."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        sys.stderr.write("Preparing the database …\n")
        call_command("migrate", interactive=False, verbosity=0)
