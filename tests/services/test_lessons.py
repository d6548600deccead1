"""What operators teach: a word that is tried before another publishes it, a question that joins the set, an answer."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backend.accounts.models import User
from backend.audit.models import AuditRow
from backend.core import clock
from backend.core.ids import new_id
from backend.ops import care, trials
from bot import services as bot
from bot.care import exams
from bot.errors import ExamKnown, ExamNeedsAnother, ExamUnfit, NotWaiting
from bot.models import Exam
from knowledge import errors, queries
from knowledge import services as knowledge
from knowledge.models import Document, Synonym
from knowledge.services import synonyms
from tests.factories import person
from tests.factories_documents import published, step, work
from tests.shelf import WordVectors

pytest_plugins = ["tests.shelf", "tests.factories_documents"]
pytestmark = pytest.mark.django_db(transaction=True)
WORD, MEANT = "血拼城", "绿色商场"
ASKED = "血拼城有几家？"
ANCHOR = "绿色贷款余额达1800亿元"


def do(verb: Any, **said: Any) -> Any:
    with transaction.atomic():
        return verb(**{"by": "anna", "now": clock.now()} | said)


@pytest.fixture
def built(word_vectors: WordVectors, few_questions: Path) -> WordVectors:
    knowledge.build(by="test", now=clock.now())
    return word_vectors


class TestSynonyms:
    def test_it_is_tried_aside_published_by_another_and_withdrawn(
        self, shelf_of_its_own: None, few_questions: Path
    ) -> None:
        serving = queries.active_version()
        assert bot.answer(question=ASKED).refused
        word = do(synonyms.draft, word=WORD, others=[MEANT])
        work()
        word.refresh_from_db()
        assert (word.questions, word.worse, word.better) == (2, [], [])
        assert word.result["figures exact"] == {"before": 1.0, "after": 1.0, "count": 1}
        assert queries.active_version() == serving != word.version
        assert bot.answer(question=ASKED).refused
        do(synonyms.publish, by="bert", synonym_id=word.pk)
        assert queries.active_version() == word.version
        answer = bot.answer(question=ASKED)
        assert (answer.refused, answer.citations[0].section) == (False, 13)
        do(synonyms.withdraw, synonym_id=word.pk)
        work()
        assert bot.answer(question=ASKED).refused
        assert AuditRow.objects.filter(subject=str(word.pk)).count() == 3

    def test_nobody_publishes_the_own_word_not_even_past_the_service(self, built: WordVectors) -> None:
        word = do(synonyms.draft, word=WORD, others=[MEANT])
        work()
        with pytest.raises(errors.DocumentNeedsAnother):
            do(synonyms.publish, synonym_id=word.pk)
        for by in ("anna", ""):
            with pytest.raises(IntegrityError), transaction.atomic():
                Synonym.objects.update(state="published", published_by=by, published_at=clock.now())
        assert Synonym.objects.get().state == "draft"

    def test_without_a_trial_as_things_are_it_is_not_published(self, built: WordVectors) -> None:
        word = do(synonyms.draft, word=WORD, others=[MEANT])
        with pytest.raises(errors.TrialMissing):
            do(synonyms.publish, by="bert", synonym_id=word.pk)
        work()
        published("第一条 另一份文件先发布了，内容与前一份无关。", title="另一份")
        with pytest.raises(errors.TrialMissing):
            do(synonyms.publish, by="bert", synonym_id=word.pk)
        do(synonyms.ask_trial, synonym_id=word.pk)
        work()
        assert do(synonyms.publish, by="bert", synonym_id=word.pk).state == "published"

    def test_a_document_published_later_keeps_the_words(self, built: WordVectors) -> None:
        word = do(synonyms.draft, word=WORD, others=[MEANT])
        work()
        do(synonyms.publish, by="bert", synonym_id=word.pk)
        published()
        assert queries.library().synonyms == {WORD: (MEANT,)}

    @pytest.mark.parametrize(
        ("word", "others"),
        [
            ("长", [MEANT]),
            (WORD, []),
            (MEANT, [MEANT]),
            (WORD, ["火星基地"]),
            (WORD, [MEANT, MEANT]),
            ("x" * 41, [MEANT]),
        ],
    )
    def test_what_finds_nothing_is_refused(self, built: WordVectors, word: str, others: list[str]) -> None:
        with pytest.raises(errors.SynonymUnfit):
            do(synonyms.draft, word=word, others=others)
        assert not Synonym.objects.exists()

    def test_one_word_is_drafted_once_until_it_is_discarded(self, built: WordVectors) -> None:
        first = do(synonyms.draft, word=WORD, others=[MEANT])
        with pytest.raises(errors.SynonymKnown):
            do(synonyms.draft, word=WORD, others=["商场"])
        do(synonyms.discard, synonym_id=first.pk)
        assert do(synonyms.draft, word=WORD, others=["商场"]).state == "draft"
        with pytest.raises(errors.SynonymNotThere):
            do(synonyms.withdraw, synonym_id=first.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Synonym.objects.filter(pk=first.pk).update(word="别的")


class TestExams:
    def drafted(self, by: UUID | None = None, **said: Any) -> Exam:
        wanted = {"question": "绿色贷款要到多少？", "must": ["1800亿元"], "anchor": ANCHOR}
        made: Exam = do(exams.draft, by=by or new_id(), **(wanted | said))
        return made

    def test_it_joins_the_set_once_another_has_published_it(self, built: WordVectors) -> None:
        anna = new_id()
        exam, before = self.drafted(anna), len(trials.all_cases())
        assert exam.section in (0, 10)
        with pytest.raises(ExamNeedsAnother):
            do(exams.publish, by=anna, exam_id=exam.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            Exam.objects.update(state="published", published_by=anna, published_at=clock.now())
        assert len(trials.all_cases()) == before
        do(exams.publish, by=new_id(), exam_id=exam.pk)
        assert trials.all_cases()[-1].question == "绿色贷款要到多少?"
        with pytest.raises(NotWaiting):
            do(exams.publish, by=new_id(), exam_id=exam.pk)
        with transaction.atomic():
            exams.withdraw(exam_id=exam.pk)
        assert len(trials.all_cases()) == before

    @pytest.mark.parametrize(
        "said",
        [{"anchor": "绿色贷款余额达1900亿元"}, {"must": []}, {"must": ["1801亿元"]}, {"anchor": ""}],
    )
    def test_what_no_document_says_is_no_test(self, built: WordVectors, said: dict[str, Any]) -> None:
        with pytest.raises(ExamUnfit):
            self.drafted(**said)
        assert not Exam.objects.exists()

    def test_a_question_stands_in_the_set_once(self, built: WordVectors) -> None:
        self.drafted()
        with pytest.raises(ExamKnown):
            self.drafted()
        assert Exam.objects.count() == 1


def test_an_operators_answer_goes_the_way_of_every_document(shelf_of_its_own: None, few_questions: Path) -> None:
    operator: User = person()
    question = "夜间噪声扰民找谁投诉？"
    assert bot.answer(question=question).refused
    drafted: Document = do(
        care.draft_answer,
        by=operator,
        title="夜间噪声扰民投诉",
        text="夜间噪声扰民由区生态环境局受理投诉。\n居民可在每日22时以后投诉夜间噪声扰民。",
        issuer="渝中区生态环境局",
        origin="区生态环境局信访科",
    )
    assert (drafted.state, drafted.ingested, drafted.drafted_by) == ("draft", True, str(operator.pk))
    with pytest.raises(errors.DocumentNeedsAnother):
        step(knowledge.check, drafted, by=str(operator.pk))
    step(knowledge.check, drafted)
    work()
    assert bot.answer(question=question).refused
    step(knowledge.publish, drafted)
    answer = bot.answer(question=question)
    assert (answer.refused, answer.citations[0].document) == (False, drafted.key)
    assert "区生态环境局" in answer.text
