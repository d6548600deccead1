"""Plain text, a paragraph a line, and Markdown, which is read as the HTML that it stands for."""

from knowledge.ingestion.reading.blocks import Reading
from knowledge.ingestion.reading.html import read_html
from knowledge.ingestion.reading.sniffing import MARKDOWN, PLAIN


def read_plain(text: str) -> Reading:
    found = Reading(PLAIN)
    found.add(text.replace("\r\n", "\n").replace("\r", "\n"))
    return found


def read_markdown(text: str) -> Reading:
    """HTML inside it is treated as in a page: scripts and hidden text are dropped."""
    from markdown_it import MarkdownIt

    return read_html(MarkdownIt("commonmark").enable("table").render(text), MARKDOWN)
