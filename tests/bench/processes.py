"""What a process holds of memory and has taken of processor time, as Linux tells it."""

import os
import resource
import sys
from pathlib import Path

MISSING = "" if Path("/proc/self/statm").exists() else "skipped: memory is read from /proc, which Linux alone has"


def megabytes(process: int | str = "self") -> float:
    """Resident now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_megabytes() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def cpu_seconds(process: int) -> float:
    """Computed so far, in all threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
