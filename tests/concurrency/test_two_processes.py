"""One process builds, another answers: it meets a new version with a fresh client, a withdrawal at its next question.

Real processes, the embedded index, a database of the test's own. A PersistentClient does not see what another process
wrote after it was opened; and what is withdrawn is in the index still.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.concurrency.own_database import ROOT, manage, own_database

NEW = "快闪集市每周六上午在中央公园举行。"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    with own_database(request.param, tmp_path) as variables:
        manage(variables, "migrate", "-v", "0")
        yield variables


class Librarian:
    """A process that does what it is told."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.librarian"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> "Librarian":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def tell(self, verb: str, words: str = "") -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, words]) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


def test_what_one_process_publishes_and_withdraws_the_other_says_and_no_longer_says(
    environment: dict[str, str],
) -> None:
    with Librarian(environment) as worker, Librarian(environment) as web:
        worker.tell("build")
        before = web.tell("search", NEW)  # its client is open from here on
        assert "chroma" in before["engines"]
        assert "brought-in" not in before["said"]

        published = worker.tell("publish", NEW)
        after = web.tell("search", NEW)
        assert "chroma" in after["engines"]
        assert "brought-in" in after["said"]
        assert any(key.startswith("brought-in") for key in after["indexed"])

        worker.tell("withdraw", published["id"])
        at_once = web.tell("search", NEW)
        assert "brought-in" not in at_once["said"]
        assert any(key.startswith("brought-in") for key in at_once["indexed"])  # nobody has built since
        assert "chroma" in at_once["engines"]

        worker.tell("build")
        rebuilt = web.tell("search", NEW)
        assert not any(key.startswith("brought-in") for key in rebuilt["indexed"])
        assert "chroma" in rebuilt["engines"]
