"""`make test`: the whole suite on SQLite, then what asks a database on PostgreSQL too, where it answers.

What is left out there: servers and browsers, which take PostgreSQL by themselves where they want it; what asks no
database; and the measures of the assistant, whose answers no database changes.
"""

import os
import subprocess
import sys

from tests import servers


def main() -> int:
    runs = [("SQLite", [], {})]
    if "postgres" in servers.missing():
        print(f"skipped: the suite on PostgreSQL ({servers.missing()['postgres']})")
    else:
        left_out = ["-m", "not slow", "--only-database", "--ignore=tests/evaluation"]
        runs.append(("PostgreSQL", left_out, {"DATABASE_URL": servers.POSTGRES_URL}))
    codes = [_suite(name, arguments, environment) for name, arguments, environment in runs]
    return max(codes)


def _suite(name: str, arguments: list[str], environment: dict[str, str]) -> int:
    print(f"== the suite on {name}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
