"""Gaps: counted by what is asked for, grouped, closed once, gone with the turns that asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.core.errors import NotFound
from backend.core.ids import new_id
from bot import services
from bot.care import gaps, keeping
from bot.care.types import GapState
from bot.errors import NotWaiting
from bot.models import Gap, Turn
from bot.rules import needs
from bot.types import Status
from tests.factories import NOON
from tests.factories_care import turn

pytest_plugins = ["tests.shelf"]
pytestmark = pytest.mark.django_db


def close(gap: Gap, state: GapState = GapState.ANSWERED) -> Gap:
    with transaction.atomic():
        return gaps.close(by=new_id(), gap_id=gap.pk, state=state, note="", now=NOON)


def group() -> int:
    with transaction.atomic():
        return gaps.group_due()


def drop_old() -> int:
    with transaction.atomic():
        return keeping.drop_old(now=NOON)


@pytest.mark.parametrize("status", list(Status))
def test_only_endings_without_an_answer_open_one(status: Status) -> None:
    turn(status=status)
    assert Gap.objects.exists() == (status in (Status.NOT_SURE, Status.NO_EVIDENCE, Status.VALUE_MISSING))


def test_what_was_not_searched_opens_none() -> None:
    turn(status=Status.VALUE_MISSING, need="")
    assert not Gap.objects.exists()


def test_it_is_counted_from_its_turns() -> None:
    turn(now=NOON)
    turn(question="有几家咖啡馆?", now=NOON + timedelta(hours=1))
    turn(need="figure|书店")
    gap = gaps.listed().get(need="figure|咖啡馆")
    assert (gap.question, gap.asked, gap.unhelpful) == ("有几家咖啡馆?", 2, 0)  # type: ignore[attr-defined]
    assert gap.last_at == NOON + timedelta(hours=1)  # type: ignore[attr-defined]


def test_it_is_closed_once_and_opens_again_where_the_answer_did_not_help() -> None:
    turn()
    gap = close(Gap.objects.get())
    with pytest.raises(NotWaiting):
        close(gap, GapState.DISMISSED)
    turn()
    gap.refresh_from_db()
    assert (gap.state, gap.closed_by) == (GapState.OPEN, None)
    close(gap, GapState.DISMISSED)
    turn()
    gap.refresh_from_db()
    assert (gap.state, gap.turns.count()) == (GapState.DISMISSED, 3)
    with pytest.raises(NotFound), transaction.atomic():
        gaps.close(by=new_id(), gap_id=new_id(), state=GapState.ANSWERED, note="", now=NOON)


def test_the_database_knows_who_closed_it() -> None:
    turn()
    with pytest.raises(IntegrityError), transaction.atomic():
        Gap.objects.update(state=GapState.ANSWERED.value)


@pytest.mark.usefixtures("word_vectors")
def test_the_same_in_other_words_is_counted_on_the_earlier_one() -> None:
    turn(question="绿色代款余额", need="figure|余额 绿色 代款")
    turn(question="绿色贷款余额", need="figure|余额 绿色 贷款")
    turn(question="绿色债券余额", need="figure|余额 绿色 债券")
    assert group() == 3
    assert group() == 0
    counted = {gap.need: gap.asked for gap in gaps.listed()}  # type: ignore[attr-defined]
    assert counted == {"figure|余额 绿色 代款": 2, "figure|余额 绿色 债券": 1}
    turn(question="绿色贷款余额", need="figure|余额 绿色 贷款")
    assert gaps.listed().get(need="figure|余额 绿色 代款").asked == 3  # type: ignore[attr-defined]


def test_nothing_remains_of_what_was_asked_long_ago() -> None:
    old = turn(now=NOON - keeping.KEPT)
    recent = turn(need="figure|书店", now=NOON)
    again = turn(need="figure|茶馆", now=NOON - keeping.KEPT)
    turn(conversation=again.conversation_id, need="figure|公园", now=NOON)
    assert drop_old() == 1
    assert drop_old() == 0
    assert not Turn.objects.filter(pk=old.pk).exists()
    assert Turn.objects.filter(pk=recent.pk).exists()
    assert sorted(Gap.objects.values_list("need", flat=True)) == ["figure|书店", "figure|公园", "figure|茶馆"]


@pytest.mark.usefixtures("shelf")
class TestNeeds:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("公积金贷款利率多少", "公积金贷款的利率是多少啊？"),
            ("宠物医院在哪里", "哪里有宠物医院"),
            ("how do I get a parking permit", "How can I get a parking permit?"),
        ],
    )
    def test_the_order_of_words_does_not_matter(self, one: str, other: str) -> None:
        assert services.need_of(one) == services.need_of(other)

    def test_a_follow_up_needs_what_the_question_before_named(self) -> None:
        need = services.need_of("那由谁负责？", ["绿色商场要培育几家？"])
        assert "商场" in need
        assert need.startswith("who|")

    def test_no_persons_number_is_part_of_a_need(self) -> None:
        assert "138" not in services.need_of("我的电话13812345678登记了吗")


@pytest.mark.parametrize(
    ("one", "other", "cosine", "same"),
    [
        ("figure|余额 代款 绿色", "figure|余额 绿色 贷款", 0.0, True),
        ("figure|余额 债券 绿色", "figure|余额 绿色 贷款", 0.97, False),
        ("what|垃圾分类 家人 积分 转给", "procedure|家人 积分 转给", 0.97, True),
        ("procedure|垃圾分类 家人 积分 转给", "procedure|家人 积分 转给", 0.9, False),
        ("where|宠物医院", "money|宠物医院", 0.99, False),
        ("figure|50米 覆盖率 换乘 站点", "figure|100米 覆盖率 换乘 站点", 0.99, False),
    ],
)
def test_when_two_needs_are_one(one: str, other: str, cosine: float, same: bool) -> None:
    assert needs.same_need(one, other, cosine) is same
