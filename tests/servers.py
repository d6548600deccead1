"""Which servers of a deployment answer on this machine. Tests that need one that does not are skipped by its name."""

import os
import shutil
import socket
from urllib.parse import urlsplit

POSTGRES_URL = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def answers(url: str) -> bool:
    """Whether something accepts connections at the URL's host and port."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def missing() -> dict[str, str]:
    """Marker → why its tests cannot run here."""
    wanted = {
        "postgres": (answers(POSTGRES_URL), f"PostgreSQL does not answer at {urlsplit(POSTGRES_URL).netloc}"),
        "redis": (answers(REDIS_URL), f"Redis does not answer at {urlsplit(REDIS_URL).netloc}"),
        "browser": (shutil.which("chromium") is not None, "chromium is not installed (apt-get install chromium)"),
    }
    return {marker: why for marker, (there, why) in wanted.items() if not there}
