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


class UnreadableDocument(Refusal):
    """A file that is not taken in; the code of its subclass says why."""

    code = "document_unreadable"
    status = 422
    zh = "文件无法读取，请换一种格式后再提交。"
    en = "The file cannot be read; please send it in another format."


class DocumentTooLarge(UnreadableDocument):
    code = "document_too_large"
    status = 413
    zh = "文件超过 {most_bytes} 字节，请拆分后再提交。"
    en = "The file has more than {most_bytes} bytes; please split it."


class DocumentEmpty(UnreadableDocument):
    code = "document_empty"
    zh = "文件是空的，请重新选择文件。"
    en = "The file is empty; please choose it again."


class DocumentTypeUnknown(UnreadableDocument):
    code = "document_type_unknown"
    zh = "按内容看，这不是 PDF、DOCX、HTML、Markdown 或纯文本（UTF-8、GB 18030）；请另存为其中一种。"
    en = "By its content this is no PDF, DOCX, HTML, Markdown or plain text (UTF-8, GB 18030); save it as one of them."


class DocumentOldOrLocked(UnreadableDocument):
    code = "document_old_or_locked"
    zh = "这是旧版 Word 文件或加了密码的文件；请去掉密码，另存为 DOCX。"
    en = "This is a file of old Word, or one under a password; remove the password and save it as DOCX."


class DocumentLocked(UnreadableDocument):
    code = "document_locked"
    zh = "PDF 文件加了密码；请提交没有密码的版本。"
    en = "The PDF is under a password; please send one without."


class DocumentDamaged(UnreadableDocument):
    code = "document_damaged"
    zh = "文件已损坏，无法读出内容；请重新导出后再提交。"
    en = "The file is damaged and cannot be read; please export it again."


class DocumentHasNoText(UnreadableDocument):
    code = "document_has_no_text"
    zh = "文件里没有文字，可能是扫描件；请提交带文字的版本。"
    en = "There is no text in the file, it may be a scan; please send one with text."


class DocumentTooLong(UnreadableDocument):
    code = "document_too_long"
    zh = "正文超过 {most_chars} 字，请拆分后再提交。"
    en = "The text has more than {most_chars} characters; please split it."


class DocumentTooManyPages(UnreadableDocument):
    code = "document_too_many_pages"
    zh = "文件超过 {most_pages} 页，请拆分后再提交。"
    en = "The file has more than {most_pages} pages; please split it."


class DocumentSwells(UnreadableDocument):
    code = "document_swells"
    zh = "文件展开后过大（超过 {most_bytes} 字节），不予读取。"
    en = "Unpacked, the file grows past {most_bytes} bytes; it is not read."


class DocumentTooSlow(UnreadableDocument):
    code = "document_too_slow"
    zh = "文件在 {most_seconds} 秒内没有读完，请简化或拆分后再提交。"
    en = "The file could not be read within {most_seconds} seconds; please simplify or split it."


UNREADABLE = (
    DocumentTooLarge, DocumentEmpty, DocumentTypeUnknown, DocumentOldOrLocked, DocumentLocked, DocumentDamaged,
    DocumentHasNoText, DocumentTooLong, DocumentTooManyPages, DocumentSwells, DocumentTooSlow,
)  # fmt: skip


class DocumentKnown(Refusal):
    """The same text stands there already, not withdrawn."""

    code = "document_known"
    status = 409
    zh = "同样的正文已经在知识库里（{key}），无需再次提交。"
    en = "The same text is in the knowledge base already ({key})."


class DocumentNotThere(Refusal):
    """A step that the document's state does not allow."""

    code = "document_state"
    status = 409
    zh = "文档现在的状态不允许这一步，请刷新后查看。"
    en = "The document's state does not allow this step; look at it again."


class DocumentNeedsAnother(Refusal):
    """Whoever brought a document in may not be the one who checks it."""

    code = "document_second_person"
    status = 409
    zh = "提交人不能核对自己的文档，请由另一位运营人员核对。"
    en = "Whoever brought a document in cannot check it; another operator must."


class DocumentDatesWrong(Refusal):
    """A document that would end before it starts."""

    code = "document_dates"
    status = 422
    zh = "失效日期必须晚于生效日期。"
    en = "The day it ends must come after the day it takes effect."


class TrialMissing(Refusal):
    """What would be published has not been tried as it is now."""

    code = "document_trial_missing"
    status = 409
    zh = "还没有针对当前知识库的试运行结果；请等待试运行完成，或重新试运行。"
    en = "There is no trial of it against what serves now; wait for it to end, or start it again."


class SynonymUnfit(Refusal):
    """Nobody would find anything by it."""

    code = "synonym_unfit"
    zh = "“{word}”不能这样添加：原词和说法都须是2至40个字、互不相同，且说法须是文件里有的词。"
    en = "“{word}” cannot be added so: 2 to 40 characters each, all different, the other words used by the documents."


class SynonymKnown(Refusal):
    code = "synonym_known"
    status = 409
    zh = "“{word}”已有草稿或已发布的说法，请先处理那一条。"
    en = "“{word}” has a draft or published synonym; see to that one first."


class SynonymNotThere(Refusal):
    """Its state does not allow the step, or somebody else has taken it."""

    code = "synonym_state"
    status = 409
    zh = "这条同义词当前状态为“{state}”，不能进行这项操作；发布前须先完成试运行。"
    en = "This synonym is {state}, which does not allow that; a trial comes before publishing."
