"""Before a command answers on an empty DATA_DIR: tables and index are made, with progress on stderr."""

import sys

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure_ready() -> None:
    """Migrate where a migration is missing, and build the knowledge; both idempotent. Stdout stays clean."""
    stderr = sys.stderr
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=1, interactive=False, stdout=stderr, stderr=stderr)
    call_command("build_knowledge", stdout=stderr, stderr=stderr)
