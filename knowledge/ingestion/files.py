"""One file from outside, read in a process of its own that may take only so much time and memory."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import knowledge
from knowledge import errors
from knowledge.ingestion.reading.blocks import Block

MOST_FILE_BYTES = 5 * 1024 * 1024
MOST_SECONDS = 30  # of waiting; the process itself may use 20 of the processor
_AT_ONCE = BoundedSemaphore(2)  # in one process: each may take a gigabyte
_ROOT = Path(knowledge.__file__).resolve().parent.parent
_REFUSALS: dict[str, type[errors.UnreadableDocument]] = {each.code: each for each in errors.UNREADABLE}


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as blocks of text. `warnings` maps what was noticed to how often or where; `sha256` is of the bytes."""

    sha256: str
    media_type: str
    blocks: tuple[Block, ...]
    warnings: dict[str, str]


def read_file(data: bytes) -> FileRead:
    """Raises a refusal of `errors.UNREADABLE`. Takes up to half a minute: never call it inside a transaction."""
    if len(data) > MOST_FILE_BYTES:
        raise errors.DocumentTooLarge(most_bytes=MOST_FILE_BYTES)
    if not _AT_ONCE.acquire(timeout=MOST_SECONDS):
        raise errors.DocumentTooSlow(most_seconds=MOST_SECONDS)
    try:
        answer = _answer(data)
    finally:
        _AT_ONCE.release()
    if "refused" in answer:
        raise _REFUSALS.get(answer["refused"], errors.UnreadableDocument)(**answer["data"])
    blocks = tuple(Block(text, level) for text, level in answer["blocks"])
    return FileRead(hashlib.sha256(data).hexdigest(), answer["media_type"], blocks, answer["warnings"])


def _answer(data: bytes) -> dict[str, Any]:
    """What the reading process says. It inherits no setting and no secret; one that dies had too much to do."""
    command = [sys.executable, "-B", "-m", "knowledge.ingestion.reading"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the file goes in as data
            command, input=data, capture_output=True, timeout=MOST_SECONDS, cwd=_ROOT, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise errors.DocumentTooSlow(most_seconds=MOST_SECONDS) from None
    if done.returncode < 0:  # ended by a signal: the limit of processor time
        raise errors.DocumentTooSlow(most_seconds=MOST_SECONDS)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise errors.DocumentDamaged from None
    return found
