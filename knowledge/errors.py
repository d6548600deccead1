"""What can go wrong with knowledge."""

from backend.core.errors import Refusal


class CorpusDamaged(Refusal):
    """A document is not the one that its provenance file describes."""

    code = "corpus_damaged"
    status = 500
    zh = "语料文件 {file} 与其来源说明不一致，请核对后更新 sha256。"
    en = "Corpus file {file} is not the one its provenance describes; check it and update sha256."


class KnowledgeNotReady(Refusal):
    """No version of the knowledge has been built yet."""

    code = "knowledge_not_ready"
    status = 503
    zh = "知识库尚未建立，请稍后再试。"
    en = "The knowledge base has not been built yet; please try again soon."
