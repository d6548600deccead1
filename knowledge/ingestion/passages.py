"""From a document to passages at section and sentence level, targets and annexes."""

import re
from collections.abc import Iterator

from knowledge.ingestion.outline import BOX_OFFSET, Section, lines_of, read_outline
from knowledge.ingestion.sentences import sentences
from knowledge.ingestion.targets import read_targets, year_of
from knowledge.ingestion.units import find_bracket, parse_units
from knowledge.types import Annex, Kind, Level, Parsed, Passage, Source, Span, Target

_CHAPTER = re.compile(r"^##\s+(?P<title>.+)$")
_BULLET = re.compile(r"^(?:[-*]|\d+\.)\s+")


def parse(source: Source) -> Parsed:
    """Read one document by its own structure."""
    if source.kind is Kind.GUIDE:
        return Parsed(source, tuple(_guide_passages(source)), (), ())
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
    base = f"{source.key}#{index}"

    def passage(key: str, level: Level, span: Span) -> Passage:
        return Passage(
            key=key,
            document=source.key,
            level=level,
            section=section.number,
            title=section.title,
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


def _section_sentences(text: str, section: Section, bracket: Span | None) -> list[Span]:
    return sentences(text, Span(section.body.start, bracket.start if bracket else section.body.end))


def _section_targets(source: Source, section: Section) -> Iterator[Target]:
    """Targets of a section; a later sentence without a year of its own means the year before it."""
    year = None
    bracket = find_bracket(source.text, section.body)
    for sentence in _section_sentences(source.text, section, bracket):
        year = year_of(source.text, sentence) or year
        yield from read_targets(source.key, section.number, source.text, sentence, year=year)


def _annex_passage(source: Source, annex: Annex) -> Passage:
    """The bare name of an annex: it can be quoted as named, never answered from."""
    return Passage(
        key=f"{source.key}#annex{annex.number}",
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
    """One section per ## chapter, one sentence-level passage per sentence or list entry."""
    for number, (title, lines) in enumerate(_chapters(source.text)):
        base = f"{source.key}#{number}"
        yield _guide_passage(source, base, Level.SECTION, title, Span(lines[0].start, lines[-1].end))
        spans = [span for line in lines for span in sentences(source.text, line)]
        for ordinal, span in enumerate(spans):
            yield _guide_passage(source, f"{base}.{ordinal}", Level.SENTENCE, title, span)


def _guide_passage(source: Source, key: str, level: Level, title: str, span: Span) -> Passage:
    return Passage(
        key=key,
        document=source.key,
        level=level,
        section=None,
        title=title,
        path=(source.short_title, title),
        start=span.start,
        end=span.end,
        text=source.text[span.start : span.end],
    )


def _chapters(text: str) -> Iterator[tuple[str, list[Span]]]:
    """Chapters with their non-blank lines, list marks stripped; the # title is not a chapter."""
    title, lines = "", list[Span]()
    for line in lines_of(text):
        words = text[line.start : line.end]
        if match := _CHAPTER.match(words):
            if title and lines:
                yield title, lines
            title, lines = match["title"], []
        elif title and not words.startswith("#"):
            bullet = _BULLET.match(words)
            lines.append(Span(line.start + (bullet.end() if bullet else 0), line.end))
    if title and lines:
        yield title, lines
