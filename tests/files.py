"""Files as people bring them in, and as nobody should: made in memory, no fixture on disk."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter


def docx_of(*paragraphs: str, headings: Sequence[str] = (), table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word file; a paragraph that is among `headings` is one of level 1. The table stands last."""
    import docx

    document = docx.Document()
    for words in paragraphs:
        document.add_heading(words, 1) if words in headings else document.add_paragraph(words)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, words in zip(grid.add_row().cells, row, strict=True):
                cell.text = words
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_of(*pages: Sequence[str]) -> bytes:
    """A PDF whose pages show these lines, with a font that says which characters its codes stand for."""
    characters = sorted({character for lines in pages for line in lines for character in line})
    codes = {character: number for number, character in enumerate(characters, 1)}
    mapping = "\n".join(f"<{code:04X}> <{ord(character):04X}>" for character, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{mapping}\nendbfchar\nendcmap end end"
    )
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /ToUnicode 4 0 R /DescendantFonts "
        "[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>",
        _stream(cmap),
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"<{''.join(f'{codes[c]:04X}' for c in line)}> Tj 0 -20 Td\n" for line in lines)
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {6 + 2 * number} 0 R >>",
            _stream(f"BT /F1 12 Tf 60 780 Td\n{shown}ET"),
        ]
    return _pdf(objects)


def locked(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.encrypt("secret")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb(mebibytes: int) -> bytes:
    """A DOCX of a few kilobytes that unpacks to that much."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as entry:
            for _ in range(mebibytes):
                entry.write(b" " * 1024 * 1024)
    return out.getvalue()


def _stream(words: str) -> str:
    return f"<< /Length {len(words)} >>\nstream\n{words}\nendstream"


def _pdf(objects: Sequence[str]) -> bytes:
    out, places = "%PDF-1.4\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{words}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}").encode("latin-1")
