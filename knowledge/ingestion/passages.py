"""From a document to passages at section and sentence level, targets and annexes."""

import re
from collections.abc import Iterable, Iterator

from knowledge.ingestion.outline import BOX_OFFSET, Section, lines_of, read_outline
from knowledge.ingestion.sentences import sentences
from knowledge.ingestion.targets import read_targets, year_of
from knowledge.ingestion.units import find_bracket, parse_units
from knowledge.types import Annex, Kind, Level, Parsed, Passage, Source, Span, Target

_CHAPTER = re.compile(r"^(?P<marks>#{2,6})\s+(?P<title>.+)$")
_LONGEST_TITLE = 120
_LONGEST_SECTION_CHARS = 1500  # more is not one matter, and more than the embedding reads
_BULLET = re.compile(
    r"^(?:(?:[-*]|\d+\.)\s+|第[一二三四五六七八九十百零\d]{1,5}条[\s　]*)"
)  # the heading says it already


def parse(source: Source) -> Parsed:
    """Read one document by its own structure."""
    if source.kind is Kind.GUIDE:
        passages = tuple(_guide_passages(source))
        return Parsed(source, passages, tuple(_guide_targets(source, passages)), ())
    return _official(source)


def _official(source: Source) -> Parsed:
    outline = read_outline(source.key, source.text)
    passages: list[Passage] = []
    targets: list[Target] = []
    for index, section in enumerate(outline.sections):
        passages += _section_passages(source, section, index)
        targets += _section_targets(source, section)
    passages += [_annex_passage(source, annex) for annex in outline.annexes]
    return Parsed(source, tuple(passages), tuple(targets), outline.annexes)


def _section_passages(source: Source, section: Section, index: int) -> Iterator[Passage]:
    bracket = find_bracket(source.text, section.body)
    responsibility = parse_units(source.text[bracket.start : bracket.end]) if bracket else None
    base = f"{source.stem}#{index}"

    def passage(key: str, level: Level, span: Span) -> Passage:
        return Passage(
            key=key,
            document=source.key,
            level=level,
            section=_cited_as(source, section),
            title=section.title[:_LONGEST_TITLE],
            path=section.path,
            start=span.start,
            end=span.end,
            text=source.text[span.start : span.end],
            box=section.number > BOX_OFFSET,
            responsibility=responsibility,
        )

    yield passage(base, Level.SECTION, section.span)
    for number, span in enumerate(_section_sentences(source.text, section, bracket)):
        yield passage(f"{base}.{number}", Level.SENTENCE, span)
    if bracket:
        yield passage(f"{base}.units", Level.UNITS, bracket)


def _cited_as(source: Source, section: Section) -> int | None:
    """The number that a citation gives: "item 13" is the plan's own, so other documents are cited by their headings."""
    return None if source.ingested else section.number


def _section_sentences(text: str, section: Section, bracket: Span | None) -> list[Span]:
    return sentences(text, Span(section.body.start, bracket.start if bracket else section.body.end))


def _section_targets(source: Source, section: Section) -> Iterator[Target]:
    """Targets of a section; a later sentence without a year of its own means the year before it."""
    year = None
    bracket = find_bracket(source.text, section.body)
    for sentence in _section_sentences(source.text, section, bracket):
        year = year_of(source.text, sentence) or year
        yield from read_targets(source.key, _cited_as(source, section), source.text, sentence, year=year)


def _annex_passage(source: Source, annex: Annex) -> Passage:
    """The bare name of an annex: it can be quoted as named, never answered from."""
    return Passage(
        key=f"{source.stem}#annex{annex.number}",
        document=source.key,
        level=Level.ANNEX,
        section=None,
        title=f"附件{annex.number}",
        path=("附件",),
        start=annex.start,
        end=annex.end,
        text=source.text[annex.start : annex.end],
    )


def _guide_passages(source: Source) -> Iterator[Passage]:
    """One section per chapter, one sentence-level passage per sentence or list entry."""
    for number, (path, lines) in enumerate(_chapters(source.text)):
        base = f"{source.stem}#{number}"
        yield _guide_passage(source, base, Level.SECTION, path, Span(lines[0].start, lines[-1].end))
        spans = [span for line in lines for span in sentences(source.text, line)]
        for ordinal, span in enumerate(spans):
            yield _guide_passage(source, f"{base}.{ordinal}", Level.SENTENCE, path, span)


def _guide_passage(source: Source, key: str, level: Level, path: tuple[str, ...], span: Span) -> Passage:
    return Passage(
        key=key,
        document=source.key,
        level=level,
        section=None,
        title=path[-1][:_LONGEST_TITLE],
        path=(source.short_title, *path),
        start=span.start,
        end=span.end,
        text=source.text[span.start : span.end],
    )


def _guide_targets(source: Source, passages: Iterable[Passage]) -> Iterator[Target]:
    """What an ingested text promises. Our own guides promise nothing: their figures are rules, not targets."""
    year = None
    for passage in passages if source.ingested else ():
        if passage.level is Level.SENTENCE:
            span = Span(passage.start, passage.end)
            year = year_of(source.text, span) or year
            yield from read_targets(source.key, None, source.text, span, year=year)


def _chapters(text: str) -> Iterator[tuple[tuple[str, ...], list[Span]]]:
    """The headings above each chapter with its lines, marks of lists and articles stripped; # title is no chapter."""
    open_headings: dict[int, str] = {}
    lines: list[Span] = []
    for line in lines_of(text):
        words = text[line.start : line.end]
        full = bool(lines) and line.end - lines[0].start > _LONGEST_SECTION_CHARS
        heading = _CHAPTER.match(words)
        if lines and (heading or full):
            yield tuple(open_headings.values()), lines
            lines = []
        if heading:
            depth = len(heading["marks"])
            open_headings = {level: title for level, title in open_headings.items() if level < depth}
            open_headings[depth] = heading["title"]
        elif open_headings and not words.startswith("#"):
            bullet = _BULLET.match(words)
            lines.append(Span(line.start + (bullet.end() if bullet else 0), line.end))
    if lines:
        yield tuple(open_headings.values()), lines
