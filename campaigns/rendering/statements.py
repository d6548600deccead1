"""A statement's content as a table, and the table as CSV and as XLSX.

The content holds nothing of the moment or the reader (no state, no time of export), so that whoever makes it again
gets the same bytes and the same SHA-256; after the approval nothing of it changes any more.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from backend.core import clock
from campaigns.models import Statement, StatementLine
from campaigns.types.settlement import LINE_KINDS, LineKind

Cell = str | int  # text, or an amount in fen
_BOM = "\ufeff"  # tells a spreadsheet that the text is UTF-8
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
_FUNDERS = {
    "government": "财政出资",
    "mall": "商场出资",
    "shop": "商户出资",
    "partner": "伙伴出资",
    "unassigned": "待定出资",
}
_WRITTEN = datetime(2000, 1, 1)  # noqa: DTZ001 - the one date of every workbook, so that its bytes do not change


@dataclass(frozen=True)
class Content:
    """The head (name and value) and the table of a statement. Amounts are fen here, yuan in the files."""

    title: str
    head: Sequence[tuple[str, Cell]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def content_of(statement: Statement, lines: Iterable[StatementLine], shares: dict[str, int]) -> Content:
    """What the files of a statement say; `lines` as `queries.settlement.lines_of` gives them."""
    lines = list(lines)
    funders = sorted({name for line in lines for name in line.shares} | set(shares))
    head: list[tuple[str, Cell]] = [
        ("结算单号", statement.number),
        ("商户", statement.merchant.name),
        ("统一社会信用代码", statement.merchant.uscc),
        ("门店", statement.store.name),
        ("期初（含）", _time(statement.period_start)),
        ("期末（不含）", _time(statement.period_end)),
        ("各行合计（元）", statement.lines_fen),
        ("暂扣（元）", statement.held_fen),
        ("应付（元）", statement.due_fen),
        *((f"其中{_funder(name)}（元）", shares.get(name, 0)) for name in funders),
    ]
    columns = ["序号", "类型", "时间", "单号", "金额（元）", *(f"{_funder(name)}（元）" for name in funders)]
    rows = [_row(number, line, funders) for number, line in enumerate(lines, start=1)]
    return Content(statement.number, head, [*columns, "暂扣", "迟到", "所属结算单", "说明"], rows)


def _row(number: int, line: StatementLine, funders: Sequence[str]) -> list[Cell]:
    hold = getattr(line, "hold", None)
    return [
        str(number),
        LINE_KINDS[LineKind(line.kind)],
        _time(line.at),
        line.order_no,
        line.amount_fen,
        *(line.shares.get(name, 0) for name in funders),
        "是" if hold and hold.held_fen else "",
        "是" if line.late else "",
        line.belongs_to.number if line.belongs_to else "",
        hold.reason if hold else line.adjustment.reason if line.adjustment else "",
    ]


def csv_bytes(content: Content) -> bytes:
    """UTF-8 with a byte order mark, CRLF; no cell is a formula."""
    out = io.StringIO(newline="")
    out.write(_BOM)
    writer = csv.writer(out)
    writer.writerows([_csv_cell(cell) for cell in row] for row in [*content.head, (), content.columns, *content.rows])
    return out.getvalue().encode()


def sha256_of(content: Content) -> str:
    """What identifies the content, in JSON, in headers and inside the workbook: the digest of its CSV."""
    return hashlib.sha256(csv_bytes(content)).hexdigest()


def xlsx_bytes(content: Content) -> bytes:
    """One sheet, text as text and amounts as numbers; the digest of the content stands in its head."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": content.title, "created": _WRITTEN})
    sheet, money, bold = book.add_worksheet("结算单"), book.add_format({"num_format": "0.00"}), book.add_format()
    bold.set_bold()
    table = [*content.head, ("内容 SHA-256", sha256_of(content)), (), content.columns, *content.rows]
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell / 100, money)
            else:
                sheet.write_string(row, column, cell, bold if cells is content.columns else None)
    sheet.set_column(0, len(content.columns), 18)
    book.close()
    return out.getvalue()


def _csv_cell(cell: Cell) -> str:
    """An amount in yuan with two decimals; text that a spreadsheet might run is quoted by an apostrophe."""
    if isinstance(cell, int):
        return f"{'-' if cell < 0 else ''}{abs(cell) // 100}.{abs(cell) % 100:02d}"
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def _funder(name: str) -> str:
    return _FUNDERS.get(name, name)


def _time(instant: datetime) -> str:
    return f"{clock.local(instant):%Y-%m-%d %H:%M:%S}"
