"""Statements as files, and the bank's files: exact, repeatable, whole or not at all."""

import csv
import hashlib
import io
import time
import zipfile
from unittest.mock import patch

import pytest
from django.db import transaction
from openpyxl import load_workbook

from backend.ledger.models import Transfer
from campaigns import services
from campaigns.errors.settlement import PaymentFileInvalid
from campaigns.models import PaymentFile, PaymentRow, Statement
from campaigns.queries import payments
from campaigns.queries import settlement as queries
from campaigns.queries.settlement_proof import disagreements
from campaigns.rendering import content_of, csv_bytes, sha256_of, xlsx_bytes
from campaigns.rules.payments import read_bank_file
from tests import factories_settlement as make
from tests.factories_campaigns import USCCS, store
from tests.factories_settlement import MORNING_AFTER

pytestmark = pytest.mark.django_db


def content(statement: Statement):
    return content_of(statement, queries.lines_of(statement).iterator(), queries.shares_of_statement(statement))


@pytest.fixture
def statement():
    shop = store('=HYPERLINK("http://x")店')
    kept = make.used(shop, order_no="=1+1")
    make.used(shop, order_no="@SUM", face_fen=1234)
    make.give_back(kept, refund_fen=2000)
    (found,) = make.settle()
    return found


def test_the_csv_holds_every_line_in_yuan_and_no_formula(statement):
    made = csv_bytes(content(statement))
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    head = {row[0]: row[1] for row in rows if len(row) == 2}
    assert (head["各行合计（元）"], head["应付（元）"], head["其中财政出资（元）"]) == ("12.34", "12.34", "12.34")
    table = rows[rows.index([]) + 1 :]
    assert [row[4:6] for row in table[1:]] == [["5.00", "5.00"], ["12.34", "12.34"], ["-5.00", "-5.00"]]
    assert [row[3] for row in table[1:]] == ["'=1+1", "'@SUM", "'=1+1"]
    assert head["门店"].startswith("'=HYPERLINK")


def test_the_workbook_holds_the_same_as_text_and_numbers(statement):
    found = content(statement)
    sheet = load_workbook(io.BytesIO(xlsx_bytes(found))).active
    cells = [[cell for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert not [cell for row in cells for cell in row if cell.data_type == "f"]
    head = {row[0].value: row[1].value for row in cells if len(row) == 2}
    assert head["内容 SHA-256"] == sha256_of(found)
    assert (head["应付（元）"], head["结算单号"]) == (12.34, statement.number)
    assert [row[4].value for row in cells[-3:]] == [5, 12.34, -5]


def test_made_again_at_another_time_the_bytes_are_the_same(statement):
    first = csv_bytes(content(statement)), xlsx_bytes(content(statement))
    make.approved(statement)
    statement = Statement.objects.get(pk=statement.pk)
    later = time.time() + 86_400 * 400
    with patch("time.time", return_value=later), patch("time.localtime", return_value=time.gmtime(later)):
        assert (csv_bytes(content(statement)), xlsx_bytes(content(statement))) == first
    assert hashlib.sha256(first[0]).hexdigest() == sha256_of(content(statement))
    with zipfile.ZipFile(io.BytesIO(first[1])) as book:
        assert {each.date_time[0] for each in book.infolist()} == {1980}
        assert b"2000-01-01" in book.read("docProps/core.xml")


# -- the bank's files -------------------------------------------------------------------------------------------------


@pytest.fixture
def approved():
    shops = [store(f"{name}店", uscc=uscc) for name, uscc in zip("甲乙", USCCS, strict=False)]
    for shop in shops:
        make.used(shop)
    return [make.approved(each) for each in make.settle()]


def bank_file(*rows: str) -> str:
    return "\n".join(["流水号,结算单号,金额（元）,日期", *rows]) + "\n"


def test_what_the_bank_paid_is_booked_with_its_reference(approved):
    one, other = approved
    text = bank_file(f"B-1,{one.number},5.00,2026-06-06", f"B-2,{other.number},4.99,2026-06-06", "B-3,,7,2026-06-06")
    before = Transfer.objects.count()
    planned = payments.plan(read_bank_file(text))
    assert (Transfer.objects.count(), PaymentFile.objects.count()) == (before, 0)
    file = make.pay(text, make.operator())
    kept = [(row.outcome, row.reference) for row in file.rows.order_by("pk")]
    assert kept == [("paid", "B-1"), ("other_amount", "B-2"), ("extra", "B-3")]
    assert [each.outcome.value for each in planned] == [outcome for outcome, _ in kept]
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.paid_reference, f"{one.paid_on}") == ("paid", "B-1", "2026-06-06")
    assert other.state == "approved"
    assert Transfer.objects.filter(code="settlement_payment").count() == 1
    assert list(disagreements()) == []


def test_the_same_file_again_books_nothing_and_answers_the_first_import(approved):
    text, clerk = bank_file(f"B-1,{approved[0].number},5,2026-06-06"), make.operator()
    first = make.pay(text, clerk)
    before = Transfer.objects.count(), PaymentRow.objects.count()
    assert make.pay(text, clerk, name="once more.csv") == first
    assert (Transfer.objects.count(), PaymentRow.objects.count()) == before


def test_what_the_file_leaves_out_is_told(approved):
    file = make.pay(bank_file(f"B-1,{approved[0].number},5,2026-06-06"), make.operator())
    assert [(row.outcome, row.row, row.statement) for row in file.rows.order_by("pk")] == [
        ("paid", 2, approved[0]),
        ("missing", None, approved[1]),
    ]


def test_a_file_with_one_bad_row_books_nothing(approved):
    text = bank_file(f"B-1,{approved[0].number},5,2026-06-06", "B-2,x,zero,2026-06-06")
    with pytest.raises(PaymentFileInvalid), transaction.atomic():
        services.import_payments(by=make.operator(), name="x", text=text, now=MORNING_AFTER)
    assert (PaymentFile.objects.count(), Statement.objects.filter(state="paid").count()) == (0, 0)


def test_a_second_payment_is_kept_as_twice_and_moves_nothing(approved):
    clerk, number = make.operator(), approved[0].number
    make.pay(bank_file(f"B-1,{number},5,2026-06-06"), clerk)
    file = make.pay(bank_file(f"B-9,{number},5,2026-06-07"), clerk)
    assert file.rows.get(row=2).outcome == "twice"
    assert Transfer.objects.filter(code="settlement_payment").count() == 1
    assert list(disagreements()) == []
