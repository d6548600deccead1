"""The statements of a claim without the application: recorded from a real one, replayed by pgbench.

pgbench puts its variables into the text, also inside quotes, so a recorded statement becomes a template by putting a
variable wherever the person's number, account or lot stood.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import CommandError
from django.db import connection
from psycopg.sql import Literal

from backend.ops.rush.crowd import FIRST, FIRST_ACCOUNT, FIRST_LOT, ID

_VARIABLES = """\\set rushi :rushi + 1
\\set rushn :rushfirst + :client_id * :rushsize + :rushi - 1
\\set rushaccount :rushn - {first} + {account}
\\set rushlot :rushn - {first} + {lot}
"""


def program() -> str:
    """Where pgbench is. Raises CommandError with the mend."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    found = shutil.which("pgbench") or (str(kept[-1]) if kept else None)
    if found is None:
        raise CommandError("pgbench is missing (apt-get install postgresql)")
    return found


def record(act: Callable[[], Any]) -> list[str]:
    """Every statement that `act` sends, with its values."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        statements.append(_with_values(sql, params))
        return result

    with connection.execute_wrapper(note):
        act()
    return statements


def _with_values(statement: str, params: Any) -> str:
    """What was sent, with the values in the text, whichever way its marks are written."""
    if "$1" not in statement:
        return str(connection.ops.compose_sql(statement, params))  # type: ignore[attr-defined]
    literals = [Literal(value).as_string(connection.connection) for value in params]
    return re.sub(r"\$(\d+)", lambda mark: literals[int(mark[1]) - 1], statement)


def script(statements: list[str], *, person: int, voucher: str) -> str:
    """A pgbench script that does for any person what was recorded for one. The first statement is the login's."""
    login, *act = (_template(each, person, voucher) for each in statements)
    head = _VARIABLES.format(first=FIRST, account=FIRST_ACCOUNT, lot=FIRST_LOT)
    return head + ";\n".join([login, "BEGIN", *act, "COMMIT;\n"])


def run(file: Path, *, first: int, clients: int, transactions: int) -> float:
    """Acts for `transactions` people from number `first` on; returns how many a second."""
    each = max(transactions // clients, 1)
    variables = {"rushi": 0, "rushfirst": FIRST + first, "rushsize": each}
    defined = [text for name, value in variables.items() for text in ("-D", f"{name}={value}")]
    command = [program(), "-n", "-c", str(clients), "-j", "2", "-t", str(each), "-f", str(file), *defined, _address()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the arguments are ours
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or rate is None:
        raise CommandError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(rate[1])


def _template(statement: str, person: int, voucher: str) -> str:
    another = ID.format(":rushn").replace("-8000-", "-9000-")
    return (
        " ".join(statement.split())
        .replace(voucher, another)
        .replace(voucher.replace("-", ""), another.replace("-", ""))
        .replace(str(FIRST + person), ":rushn")
        .replace(str(FIRST_ACCOUNT + person), ":rushaccount")
        .replace(str(FIRST_LOT + person), ":rushlot")
    )


def _address() -> str:
    given = connection.settings_dict
    who = quote(given["USER"], safe="") + (f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else "")
    return f"postgresql://{who}@{quote(given['HOST'], safe='')}:{given['PORT'] or 5432}/{given['NAME']}"
