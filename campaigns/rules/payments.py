"""The bank's file: reading it, and what each of its rows pays. Pure.

Columns by name, Chinese or English, in any order; amounts in yuan or in fen. A row is matched by the number of its
statement, wherever the bank put it; without one by merchant and exact amount, where only one statement fits.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from campaigns.errors.settlement import PaymentFileInvalid
from campaigns.types.settlement import BankRow, Finding, Payable, PaymentOutcome

MAX_ROWS = 2000
MAX_FAULTS = 50  # how many faulty rows a refusal names
_MAX_CELL_CHARS = 80
_COLUMNS = {
    "reference": ("reference", "流水号", "银行流水号"),
    "statement": ("statement", "结算单号", "附言", "摘要"),
    "payee": ("merchant", "商户", "收款人", "户名"),
    "amount_yuan": ("amount_yuan", "金额", "金额（元）", "金额(元)"),
    "amount_fen": ("amount_fen", "金额（分）", "金额(分)"),
    "paid_on": ("date", "日期", "付款日期", "交易日期"),
}
_NUMBER = re.compile(r"\d{8}-[0-9A-F]{8}")
_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
_DAY = re.compile(r"(\d{4})[-/年.]?(\d{1,2})[-/月.]?(\d{1,2})日?")


def read_bank_file(text: str) -> list[BankRow]:
    """The rows of a CSV; raises PaymentFileInvalid with every fault, so that a file is taken whole or not at all."""
    try:
        table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as wrong:
        raise PaymentFileInvalid(rows=[_fault(1, f"不是 CSV：{wrong}")]) from None
    if not table or len(table) > MAX_ROWS + 1:
        raise PaymentFileInvalid(rows=[_fault(1, f"文件须有表头，且不超过 {MAX_ROWS} 行")])
    columns = _columns(table[0])
    found, faults = [], []
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            found.append(_row(number, {name: cells[at] for name, at in columns.items() if at < len(cells)}))
        except ValueError as wrong:
            faults.append(_fault(number, str(wrong)))
    if faults or not found:
        raise PaymentFileInvalid(rows=faults[:MAX_FAULTS] or [_fault(2, "没有付款记录")])
    return found


def match(rows: Iterable[BankRow], payables: Sequence[Payable], used_references: set[str]) -> list[Finding]:
    """What each row pays, in order, then the statements that should be in the file and are not.

    `payables` are approved statements and those paid earlier that the file may name. A reference pays once, a
    statement is paid once. Missing is what was approved by the file's last day and stays unpaid.
    """
    rows, taken, findings = list(rows), {each.id for each in payables if each.paid}, []
    references = set(used_references)
    for row in rows:
        outcome, statement = _judge(row, payables, taken, references)
        references.add(row.reference)
        if outcome is PaymentOutcome.PAID and statement:
            taken.add(statement.id)
        findings.append(Finding(outcome, row, statement))
    last = max((row.paid_on for row in rows), default=date.min)
    named = {each.statement.id for each in findings if each.statement}
    left = [each for each in payables if each.id not in taken | named and each.approved_on <= last]
    return findings + [Finding(PaymentOutcome.MISSING, None, each) for each in left]


def _judge(
    row: BankRow, payables: Sequence[Payable], taken: set[Any], references: set[str]
) -> tuple[PaymentOutcome, Payable | None]:
    named = next((each for each in payables if each.number == row.statement), None)
    if row.reference in references or (named and named.id in taken):
        return PaymentOutcome.TWICE, named
    if named:
        return (PaymentOutcome.PAID if named.due_fen == row.amount_fen else PaymentOutcome.OTHER_AMOUNT), named
    theirs = [each for each in payables if row.payee and row.payee in (each.uscc, each.merchant)]
    open_ones = [each for each in theirs if each.id not in taken]
    fitting = [each for each in open_ones if each.due_fen == row.amount_fen]
    match len(fitting), len(open_ones):
        case 1, _:
            return PaymentOutcome.PAID, fitting[0]
        case 0, 1:
            return PaymentOutcome.OTHER_AMOUNT, open_ones[0]
        case 0, _:
            return PaymentOutcome.EXTRA, None
        case _:
            return PaymentOutcome.UNCLEAR, None


def _columns(head: Sequence[str]) -> dict[str, int]:
    names = [_plain(cell).lower() for cell in head]
    found = {
        name: names.index(_plain(known).lower())
        for name, aliases in _COLUMNS.items()
        for known in reversed(aliases)
        if _plain(known).lower() in names
    }
    amounts = [name for name in ("amount_yuan", "amount_fen") if name in found]
    if not {"reference", "paid_on"} <= found.keys() or len(amounts) != 1 or not {"statement", "payee"} & found.keys():
        raise PaymentFileInvalid(rows=[_fault(1, "表头须有：流水号、日期、金额（元）或金额（分）之一、结算单号或商户")])
    return found


def _row(number: int, cells: dict[str, str]) -> BankRow:
    given = {name: _plain(cell) for name, cell in cells.items()}
    if any(len(cell) > _MAX_CELL_CHARS for cell in given.values()):
        raise ValueError(f"单元格超过 {_MAX_CELL_CHARS} 字")
    if not given.get("reference"):
        raise ValueError("缺少流水号")
    told = _NUMBER.search(given.get("statement", "").upper()) or _NUMBER.search(given["reference"].upper())
    return BankRow(
        row=number,
        reference=given["reference"],
        statement=told.group() if told else "",
        payee=given.get("payee", ""),
        amount_fen=_fen(given),
        paid_on=_day(given.get("paid_on", "")),
    )


def _fen(given: dict[str, str]) -> int:
    if "amount_fen" in given:
        if not re.fullmatch(r"\d{1,12}", given["amount_fen"]) or not int(given["amount_fen"]):
            raise ValueError("金额（分）须为正整数")
        return int(given["amount_fen"])
    found = _YUAN.fullmatch(given.get("amount_yuan", "").replace(",", "").removeprefix("¥"))
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not fen:
        raise ValueError("金额（元）须大于零，最多两位小数")
    return fen


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("日期须如 2026-06-05")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError("日期不存在") from None


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _fault(row: int, problem: str) -> dict[str, object]:
    return {"row": row, "problem": problem}
