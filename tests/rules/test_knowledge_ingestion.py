"""The plan as the parser reads it: its skeleton, its units, its targets, every passage verbatim."""

import pytest

from knowledge.errors import CorpusDamaged
from knowledge.ingestion.passages import parse
from knowledge.ingestion.sentences import sentences
from knowledge.ingestion.sources import CORPUS, read_corpus, read_source
from knowledge.ingestion.units import parse_units
from knowledge.types import Kind, Level, Parsed, Span

PLAN = "yuzhong-green-industry-action-plan-2025-2027"


@pytest.fixture(scope="module")
def plan() -> Parsed:
    return parse(read_source(CORPUS / f"{PLAN}.provenance.toml"))


def test_the_skeleton_is_complete(plan: Parsed) -> None:
    numbers = [p.section for p in plan.passages if p.level is Level.SECTION]
    assert [n for n in numbers if n and n < 100] == list(range(1, 31))
    assert [n for n in numbers if n and n > 100] == [101, 102, 103]
    assert numbers.count(0) == 4  # preface, guiding thought, principles, goals
    titles = {p.section: p.title for p in plan.passages if p.level is Level.SECTION}
    assert titles[13] == "推广绿色消费方式"
    assert titles[102] == "产业绿色化转型重点方向"
    paths = {p.section: p.path for p in plan.passages}
    assert paths[15] == ("重点任务", "扎实推动产业绿色转型", "构建绿色交通体系")


def test_every_passage_of_every_document_is_verbatim_and_in_order() -> None:
    for source in read_corpus():
        passages = parse(source).passages
        assert passages
        assert len({p.key for p in passages}) == len(passages)
        for p in passages:
            assert source.text[p.start : p.end] == p.text
            assert p.text.strip() == p.text
            assert (p.section is None) == (source.kind is Kind.GUIDE or p.level is Level.ANNEX)


def test_sentences_cover_an_item_without_its_units(plan: Parsed) -> None:
    section = next(p for p in plan.passages if p.section == 20 and p.level is Level.SECTION)
    inside = [p for p in plan.passages if p.section == 20 and p.level is Level.SENTENCE]
    units = next(p for p in plan.passages if p.section == 20 and p.level is Level.UNITS)
    assert "".join([*(p.text for p in inside), units.text]) == section.text.removeprefix("20.凝聚绿色发展社会共识。")
    assert not any("责任单位" in p.text for p in inside)


@pytest.mark.parametrize(
    ("section", "lead", "others"),
    [
        (10, ("区产业发展促进局",), 4),
        (15, ("区交通运输委", "区发改委"), 5),
        (4, (), 2),  # peers: nobody is called the lead
        (6, (), 1),
        (30, ("区发改委",), 3),
    ],
)
def test_units_of_items(plan: Parsed, section: int, lead: tuple[str, ...], others: int) -> None:
    duty = next(p.responsibility for p in plan.passages if p.section == section)
    assert duty is not None
    assert duty.lead == lead
    assert len(duty.others) == others


def test_every_item_and_no_box_names_units(plan: Parsed) -> None:
    for p in plan.passages:
        if p.level is Level.SECTION:
            assert (p.responsibility is not None) == (p.section is not None and 0 < p.section < 100)


TARGETS = {
    (0, "绿色产业营业收入", "500亿元"),
    (0, "绿色产业营业收入年均", "15%"),
    (0, "绿色贷款余额", "1800亿元"),
    (0, "绿色债券余额", "150亿元"),
    (0, "绿色债券余额全市占比", "30%"),
    (0, "高新技术企业", "280家"),
    (0, "科技型企业", "1560家"),
    (0, "危险废物安全转移处置率", "100%"),
    (0, "城市生活垃圾回收利用率", "45%"),
    (0, "建筑垃圾回收利用率", "75%"),
    (10, "绿色贷款余额", "1800亿元"),
    (10, "绿色债券余额", "150亿元"),
    (10, "绿色债券余额全市占比", "30%"),
    (11, "再生资源主要品类回收总量", "2万吨"),
    (11, "绿色分拣中心", "1家"),
    (13, "全市绿色消费品牌", "10强"),
    (13, "绿色商场", "1家"),
    (13, "绿色饭店", "1家"),
    (15, "轨道公交一体化换乘100米覆盖率", "90%"),
    (15, "轨道公交一体化换乘50米覆盖率", "80%"),
    (15, "公交车和巡游出租车新能源占比", "55%"),
    (16, "绿色建筑占新建民用建筑比例", "100%"),
    (16, "装配式建筑面积占新建建筑的比例", "35%"),
    (16, "年均绿色楼宇", "3栋"),
    (17, "人均公园绿地面积", "13平方米"),
    (17, "建成区绿地率", "40%"),
    (18, "大溪沟集中式饮用水水源地水质达标率", "100%"),
    (18, "两江”渝中段水质总体", "Ⅱ类标准"),
    (18, "危险废物安全转移处置率", "100%"),
    (18, "绿化覆盖率", "38%"),
    (19, "绿色发展场景", "6个"),
    (20, "生活垃圾回收利用率", "45%"),
    (20, "建筑垃圾资源化利用率", "75%"),
    (20, "生活垃圾分类覆盖率", "100%"),
    (21, "高新技术企业", "280家"),
    (21, "科技型企业", "1560家"),
}


def test_targets_are_exactly_those_of_the_plan(plan: Parsed) -> None:
    assert {(t.section, t.subject, t.value + t.unit) for t in plan.targets} == TARGETS


def test_targets_know_their_bounds_years_and_words(plan: Parsed) -> None:
    by_subject = {t.subject: t for t in plan.targets if t.section}
    assert by_subject["装配式建筑面积占新建建筑的比例"].bound == "不低于"
    assert by_subject["年均绿色楼宇"].bound == "以上"
    assert by_subject["轨道公交一体化换乘50米覆盖率"].qualifier == "50米"
    assert {t.year for t in plan.targets if t.subject != "全市绿色消费品牌"} == {2027}
    for target in plan.targets:
        words = plan.source.text[target.start : target.end]
        assert target.value + target.unit in words
        assert target.sentence_start <= target.start < target.end <= target.sentence_end


def test_annexes_are_named_and_absent(plan: Parsed) -> None:
    assert [(annex.number, annex.title) for annex in plan.annexes] == [
        (1, "任务分工表"),
        (2, "主要指标目标任务分解表"),
    ]


def test_a_changed_text_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    for name in (f"{PLAN}.txt", f"{PLAN}.provenance.toml"):
        (folder / name).write_bytes((CORPUS / name).read_bytes())
    (folder / f"{PLAN}.txt").write_text("改过的文字", encoding="utf-8")
    with pytest.raises(CorpusDamaged):
        read_source(folder / f"{PLAN}.provenance.toml")


def test_units_of_a_document_in_full_width_print() -> None:
    duty = parse_units("（责任单位：区商务委牵头，区文旅委、区城管局按职责分工负责）")
    assert (duty.lead, duty.others) == (("区商务委",), ("区文旅委", "区城管局"))


def test_a_stub_stays_with_the_sentence_that_explains_it() -> None:
    text = "坚持创新引领。加快构建市场导向的绿色技术创新体系。短句。"
    assert [text[s.start : s.end] for s in sentences(text, Span(0, len(text)))] == [
        "坚持创新引领。加快构建市场导向的绿色技术创新体系。",
        "短句。",
    ]
