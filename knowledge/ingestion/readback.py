"""What was made of a document, for the person who checks it before citizens read it."""

from collections.abc import Mapping

from knowledge.ingestion.passages import parse
from knowledge.types import Kind, Level, Outlined, Parsed, ReadBack, Source

WARNINGS = {
    "pages_without_text": "这些页没有文字，可能是扫描件：{}",
    "layout_was_guessed": "PDF 没有段落信息，分段是推断的，请留意断句",
    "numbering_is_automatic": "自动编号没有读出（{}处），请改为手工编号",
    "changes_not_accepted": "含未接受的修订（{}处），按全部接受读取",
    "text_boxes_left_out": "文本框没有读取（{}个）",
    "pictures_left_out": "图片没有读取（{}张）",
    "hidden_text_left_out": "隐藏的文字没有读取（{}处）",
    "instructions_left_out": "对机器下指令的句子已剔除：{}",
    "annexes_absent": "只有名称、没有正文的附件：{}",
    "no_responsible_units": "没有读出责任单位",
    "no_figures": "没有读出指标数字",
}


def read_back(source: Source, noticed: Mapping[str, str]) -> ReadBack:
    """The outline, figures and absent annexes, and what calls for a second look. `noticed` is what the reader saw."""
    found = parse(source)
    return ReadBack(
        outline=tuple(_outlined(found)),
        targets=found.targets,
        annexes=found.annexes,
        passages=len(found.passages),
        warnings=tuple({**noticed, **_doubts(found)}.items()),
    )


def _outlined(found: Parsed) -> list[Outlined]:
    sentences: dict[str, int] = {}
    for passage in found.passages:
        if passage.level is Level.SENTENCE:
            section = passage.section_key
            sentences[section] = sentences.get(section, 0) + 1
    return [
        Outlined(p.path, p.responsibility.everyone if p.responsibility else (), sentences.get(p.key, 0))
        for p in found.passages
        if p.level is Level.SECTION
    ]


def _doubts(found: Parsed) -> dict[str, str]:
    """What the text itself leaves open."""
    doubts: dict[str, str] = {}
    if found.annexes:
        doubts["annexes_absent"] = "、".join(f"附件{annex.number}《{annex.title}》" for annex in found.annexes)
    if found.source.kind is Kind.OFFICIAL and not any(passage.responsibility for passage in found.passages):
        doubts["no_responsible_units"] = ""
    if not found.targets:
        doubts["no_figures"] = ""
    return doubts


def in_words(warning: tuple[str, str]) -> str:
    """A warning as an operator reads it."""
    code, where = warning
    return WARNINGS.get(code, code).format(where)
