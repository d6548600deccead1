"""Questions asked before: held to the documents, shipped with their vectors, heard, and never in the way of others."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import services as assistant
from bot.types import Status
from knowledge import queries, services
from knowledge.ingestion.asked import ASKED, read_asked
from knowledge.ingestion.passages import parse
from knowledge.ingestion.sources import read_corpus
from knowledge.models import AskedSet
from knowledge.retrieval import embedder, shipped
from knowledge.retrieval.retriever import text_of_question
from knowledge.services.vectors import content_hash, embedded_text, searched
from tests.factories import NOON

pytest_plugins = ["tests.shelf"]

NEW_CHAPTER = """# 雨水花园怎样认养

## 雨水花园怎样认养
居民可以在社区服务站填表认养一座雨水花园，每季度浇水、除草两次。
"""


def test_every_anchor_stands_in_its_document_and_no_question_twice() -> None:
    texts = {source.key: source.text for source in read_corpus()}
    rows = [json.loads(line) for path in ASKED.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert len(rows) > 4000
    assert [row["question"] for row in rows if "anchor" in row and row["anchor"] not in texts[row["document"]]] == []
    near = [row["near"] for row in rows if row.get("near")]
    assert [anchor for anchor in near if not any(anchor in text for text in texts.values())] == []
    assert [question for question, count in Counter(row["question"] for row in rows).items() if count > 1] == []


def test_every_question_is_shipped_with_the_vector_that_the_model_gives_it() -> None:
    questions = [asked.question for asked in read_asked()]
    kept = shipped.vectors_of(questions, embedder.NAME)
    assert set(kept) == set(questions)
    assert shipped.vectors_of(questions, "another model") == {}
    engine = embedder.embedder()
    assert engine is not None
    for question in questions[::900]:
        assert float(kept[question] @ engine.query(text_of_question(question))) > 0.99


def test_every_passage_of_the_corpus_is_shipped_with_its_vector() -> None:
    """So that a first start embeds nothing; after a change of the corpus run `manage.py calibrate_answers`."""
    wanted = {content_hash(p): embedded_text(p) for p in searched(parse(source) for source in read_corpus())}
    kept = shipped.vectors_of(list(wanted), embedder.NAME)
    assert set(kept) == set(wanted)
    engine = embedder.embedder()
    assert engine is not None
    digest, text = next(iter(wanted.items()))
    assert float(kept[digest] @ next(engine.passages([text]))) > 0.99


@pytest.mark.django_db
def test_what_was_asked_before_is_found_again_and_can_be_set_aside(shelf: None) -> None:
    echoes = queries.library().echoes
    asked = next(one for one in echoes.asked if not one.missing and len(one.question) > 12)
    engine = embedder.embedder()
    assert engine is not None
    text, vector = queries.normalise(asked.question), engine.query(text_of_question(asked.question))
    first = echoes.nearest(text, vector)[0]
    assert (first.asked, first.likeness > 0.95) == (asked, True)
    passages = queries.library().passages
    assert all(asked.anchor in next(p for p in passages if p.key == key).text for key in first.passages)
    assert all(echo.likeness < 0.9 for echo in echoes.nearest(text, vector, below=0.9))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("购物小票上的二维码怎么领绿色积分", "扫小票上的二维码"),
        ("自带杯子买饮料给积分不", "自带杯"),
        ("来耍的游客建议坐啥子车", "步行、自行车和公共交通"),
    ],
)
def test_colloquial_questions_find_their_sentence(shelf: None, question: str, said: str) -> None:
    answer = assistant.answer(question=question)
    assert (answer.status, said in answer.text) == (Status.ANSWERED, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "unit"), [("搞绿色金融这块哪个挂帅", "区产业发展促进局牵头"), ("绿色旅游哪个部门领头", "区文旅委牵头")]
)
def test_who_answers_for_it_is_known_in_words_that_no_pattern_knows(shelf: None, question: str, unit: str) -> None:
    assert unit in assistant.answer(question=question).text


@pytest.mark.django_db
def test_without_them_a_colloquial_question_is_not_answered(shelf: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: the same question without what was asked before."""
    question = "来耍的游客建议坐啥子车"
    monkeypatch.setattr("knowledge.rules.echoes.Echoes.nearest", lambda *_, **__: ())
    assert "自行车" not in assistant.answer(question=question).text


@pytest.mark.django_db(transaction=True)
def test_a_document_that_nobody_has_asked_about_is_answered_from(shelf_in_life: None) -> None:
    sources = read_corpus()
    guide = next(source for source in sources if source.key == "guide-vouchers")
    new = replace(guide, key="guide-rain-gardens", title="雨水花园怎样认养", text=NEW_CHAPTER, sha256="1" * 64)
    built = services.build(by="test", now=NOON + timedelta(minutes=1), sources=[*sources, new])
    assert "guide-rain-gardens" not in queries.library().asked_about
    answer = assistant.answer(question="雨水花园怎么认养")
    assert (answer.status, answer.citations[0].document) == (Status.ANSWERED, "guide-rain-gardens")
    assert AskedSet.objects.filter(version=built.version).exists()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_document_takes_its_questions_along(shelf_in_life: None) -> None:
    rest = [source for source in read_corpus() if source.key != "guide-vouchers"]
    services.build(by="test", now=NOON + timedelta(minutes=1), sources=rest)
    texts = [source.text for source in rest]
    asked = queries.library().echoes.asked
    assert asked
    assert all(not one.anchor or any(one.anchor in text for text in texts) for one in asked)
