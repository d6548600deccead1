"""From blocks to the text of a document: an official paper as it is numbered, anything else under its headings."""

import re
from collections.abc import Iterator, Sequence

from knowledge.ingestion.outline import ITEM, PART, SUB
from knowledge.ingestion.reading.blocks import Block
from knowledge.types import Kind

TOP_LEVEL = 2  # of a chapter, as in the guides
BODY = "正文"  # what stands under no heading
_LONGEST_HEADING = 60
_FEWEST_PARTS, _FEWEST_ITEMS = 2, 3
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零\d]{1,5}[章编]\s*\S{1,40}$")
_ARTICLE = re.compile(r"^(?P<name>第[一二三四五六七八九十百零\d]{1,5}条)[\s　]*\S")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”’』」]?|[^。！？!?]+$")
_TO_MACHINES = re.compile(
    r"忽略(?:以上|上述|上面|之前|前面|所有|一切)[^。]{0,12}(?:规则|指令|提示|要求|设定)|系统提示词|(?:从现在起|现在)你(?:是|要扮演)"
    r"|\b(?:ignore|disregard|forget)\s+(?:all\s+|any\s+)?(?:the\s+|your\s+)?(?:previous|above|prior|earlier)?\s*"
    r"(?:instructions|rules|prompts?)\b|\bsystem prompt\b",
    re.I,
)


def screened(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """The blocks without sentences that speak to a machine instead of a citizen, and those sentences.

    A person who checks sees them named; nobody, and no language model, is ever given them as the document's words.
    """
    kept: list[Block] = []
    left_out: list[str] = []
    for block in blocks:
        sentences = _SENTENCE.findall(block.text)
        spoken = [sentence for sentence in sentences if not _TO_MACHINES.search(sentence)]
        left_out += [sentence for sentence in sentences if _TO_MACHINES.search(sentence)]
        if spoken:
            kept.append(Block("".join(spoken).strip(), block.level))
    return kept, left_out


def kind_of(blocks: Sequence[Block]) -> Kind:
    """Official where parts (一、) hold numbered items (1.); a guide, with chapters, else."""
    parts = sum(bool(PART.match(block.text)) for block in blocks)
    items = sum(bool(ITEM.match(block.text)) for block in blocks)
    return Kind.OFFICIAL if parts >= _FEWEST_PARTS and items >= _FEWEST_ITEMS else Kind.GUIDE


def text_of(blocks: Sequence[Block], kind: Kind) -> str:
    """The document's text, from which every quote is verbatim: a line a paragraph, chapters under # marks."""
    lines = (block.text for block in blocks) if kind is Kind.OFFICIAL else _chaptered(blocks)
    return "\n".join(lines) + "\n"


def title_of(blocks: Sequence[Block]) -> str:
    """What the document seems to call itself: its first heading, else its first line."""
    first = next((block for block in blocks if block.level), blocks[0])
    return first.text[:200]


def _chaptered(blocks: Sequence[Block]) -> Iterator[str]:
    levels = [_level(block) for block in blocks]
    top = min((level for level in levels if level), default=1)
    titled = False
    for number, (block, level) in enumerate(zip(blocks, levels, strict=True)):
        if level and number == 0 and levels.count(level) == 1:
            yield f"# {block.text}"  # the document's own title opens no chapter
            top = min((other for other in levels[1:] if other), default=1)
            continue
        if level:
            yield f"{'#' * min(TOP_LEVEL + level - top, 6)} {block.text}"
        elif article := _ARTICLE.match(block.text):
            yield f"###### {article['name']}"
            yield block.text
        else:
            if not titled:
                yield f"{'#' * TOP_LEVEL} {BODY}"
            yield block.text.lstrip("#").lstrip()
        titled = True


def _level(block: Block) -> int:
    """A heading's level; in a text without marked headings the usual numbers make some."""
    if block.level:
        return block.level
    short = len(block.text) <= _LONGEST_HEADING and not block.text.endswith(("；", ";", "，", ",", "：", ":"))
    if short and (PART.match(block.text) or _CHAPTER.match(block.text)):
        return 2
    return 3 if short and SUB.match(block.text) else 0
