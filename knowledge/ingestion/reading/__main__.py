"""The process that reads one file: bytes in on stdin, JSON out on stdout."""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from knowledge.ingestion.reading import sniffing
from knowledge.ingestion.reading.blocks import Reading, Unreadable
from knowledge.ingestion.reading.docx import read_docx
from knowledge.ingestion.reading.html import read_html
from knowledge.ingestion.reading.pdf import read_pdf
from knowledge.ingestion.reading.plain import read_markdown, read_plain

MOST_CPU_SECONDS = 20
MOST_MEMORY_BYTES = 1024 * 1024 * 1024
_READERS: dict[str, Callable[[bytes], Reading]] = {
    sniffing.PDF: read_pdf,
    sniffing.DOCX: read_docx,
    sniffing.HTML: lambda data: read_html(sniffing.decoded(data)),
    sniffing.MARKDOWN: lambda data: read_markdown(sniffing.decoded(data)),
    sniffing.PLAIN: lambda data: read_plain(sniffing.decoded(data)),
}


def read(data: bytes) -> Reading:
    """Raises Unreadable."""
    found = _READERS[sniffing.media_type_of(data)](data)
    if not found.blocks:
        raise Unreadable("document_has_no_text")
    return found


def _answer(data: bytes) -> dict[str, Any]:
    try:
        found = read(data)
    except Unreadable as refused:
        return {"refused": refused.code, "data": refused.data}
    except (MemoryError, RecursionError):
        return {"refused": "document_swells", "data": {"most_bytes": MOST_MEMORY_BYTES}}
    blocks = [[block.text, block.level] for block in found.blocks]
    return {"media_type": found.media_type, "blocks": blocks, "warnings": found.warnings}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    json.dump(_answer(sys.stdin.buffer.read()), sys.stdout, ensure_ascii=True)
