"""What a file is, by its content: a name or a header says what somebody calls it."""

import codecs
import re
import zipfile
from io import BytesIO

from knowledge.ingestion.reading.blocks import Unreadable

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

MOST_ZIP_ENTRIES = 2_000
MOST_UNZIPPED_BYTES = 80 * 1024 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, and a DOCX under a password
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|table|h1|p)\b", re.I | re.S
)
_MARKDOWN = re.compile(r"^#{1,6} \S|^\|?\s*:?-{3,}:?\s*\||^```|\[[^\]\n]+\]\([^)\n]+\)|^\*\*.+\*\*", re.M)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def media_type_of(data: bytes) -> str:
    """Raises Unreadable for what is empty or none of the five."""
    if not data.strip():
        raise Unreadable("document_empty")
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(_OLD_OFFICE):
        raise Unreadable("document_old_or_locked")
    text = decoded(data)
    if _HTML.match(text):
        return HTML
    return MARKDOWN if _MARKDOWN.search(text) else PLAIN


def _zipped(data: bytes) -> str:
    """A DOCX whose unpacked size is bounded before any of it is unpacked; zipfile holds an entry to its word."""
    try:
        entries = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as wrong:
        raise Unreadable("document_damaged") from wrong
    if len(entries) > MOST_ZIP_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNZIPPED_BYTES:
        raise Unreadable("document_swells", most_bytes=MOST_UNZIPPED_BYTES)
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise Unreadable("document_type_unknown")
    return DOCX


def decoded(data: bytes) -> str:
    """The text of a file: by its mark, as UTF-8, by the charset that a page names, as GB 18030. Or Unreadable."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding) or _unknown()
    declared = _DECLARED.search(data[:2048])
    named = declared[1].decode("ascii").lower() if declared else ""
    for encoding in dict.fromkeys(("utf-8", named, "gb18030")):
        text = _strictly(data, encoding) if encoding else None
        if text is not None:
            return text
    return _unknown()


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode("gb18030" if encoding in ("gb2312", "gbk") else encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if _STRANGE.search(text) else text


def _unknown() -> str:
    raise Unreadable("document_type_unknown")
