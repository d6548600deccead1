"""`make bench`: every measurement, one after the other. Each prints a ratio against a floor of the same run."""

import subprocess
import sys

BENCHES = (
    "tests.bench.slots",
    "tests.bench.million",
    "tests.bench.feed",
    "tests.bench.sockets",
    "tests.bench.passages",
)


def main() -> int:
    codes = []
    for name in BENCHES:
        print(f"== {name}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", name], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
