"""Rows of the knowledge base. A version is immutable once active; the pointer moves between versions."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from knowledge.types import DocumentState, Kind, Level, SynonymState

_STATES = [(state.value, state.value) for state in DocumentState]
_UNCHECKED = [DocumentState.DRAFT.value, DocumentState.DISCARDED.value]
_LIVE = [DocumentState.DRAFT.value, DocumentState.CHECKED.value, DocumentState.PUBLISHED.value]


class Document(models.Model):
    """One revision of a text: the same key with another digest is another row.

    A row of `corpus/` is published by the release that brings it; one that an operator brought in (`ingested`) lives
    through `edges`, and its text is settled once a second person has checked it. It may be quoted from
    `effective_from` (None: since ever) until the day before `effective_until` (None: for good), while it is published.
    """

    edges = (
        "state",
        {
            (DocumentState.DRAFT.value, DocumentState.CHECKED.value),
            (DocumentState.DRAFT.value, DocumentState.DISCARDED.value),
            (DocumentState.CHECKED.value, DocumentState.DISCARDED.value),
            (DocumentState.CHECKED.value, DocumentState.PUBLISHED.value),
            (DocumentState.PUBLISHED.value, DocumentState.WITHDRAWN.value),
        },
    )
    settled = (
        "state",
        {DocumentState.DRAFT.value},
        ["key", "sha256", "text", "title", "short_title", "issuer", "issued_on", "kind", "origin", "revision",
         "drafted_by", "checked_by"],
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # of the text
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    status = models.CharField(max_length=60)
    origin = models.TextField()
    text = models.TextField()

    ingested = models.BooleanField(default=False)
    revision = models.PositiveSmallIntegerField(default=1)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")
    file_name = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    warnings = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=_STATES, default=DocumentState.PUBLISHED.value)
    effective_from = models.DateField(null=True)
    effective_until = models.DateField(null=True)
    drafted_by = models.CharField(max_length=64, default="corpus")
    drafted_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=64, blank=True, default="release")
    checked_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True, default="release")
    published_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "sha256"], condition=Q(state__in=_LIVE), name="knowledge_document_revision"
            ),
            models.UniqueConstraint(
                fields=["key", "revision"], condition=Q(ingested=True), name="knowledge_document_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_UNCHECKED) | ~Q(checked_by=""), name="knowledge_document_checked"
            ),
            models.CheckConstraint(condition=~Q(checked_by=F("drafted_by")), name="knowledge_document_by_another"),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="knowledge_document_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}@{self.sha256[:8]}"

    def may_be_quoted_on(self, day: date) -> bool:
        """What the database lets an answer quote on a day: published, begun, not over; `queries` asks it in SQL."""
        begun = self.effective_from is None or self.effective_from <= day
        over = self.effective_until is not None and self.effective_until <= day
        return self.state == DocumentState.PUBLISHED.value and begun and not over


class Version(models.Model):
    """Everything that can be found at one time. `fingerprint` says what it was built from.

    `background` is what likeness means in it: mean, spread, curve (`knowledge.rules.background`). `synonyms` are the
    operators' words that join those of `lexicon/` in it, each with what documents say. `curve` is what each threshold
    of the belief would answer and refuse, on questions that the fit has not seen; empty until it was measured.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    embedder = models.CharField(max_length=80)
    built_at = models.DateTimeField()
    documents = models.ManyToManyField(Document, related_name="versions")
    background = models.JSONField(default=dict)
    synonyms = models.JSONField(default=dict)
    curve = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"version {self.id}"


class ActiveVersion(models.Model):
    """The pointer: one row that names the version which serves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="knowledge_one_active_version")]

    def __str__(self) -> str:
        return f"active: {self.version_id}"


class Passage(models.Model):
    """A verbatim stretch of a document, with its vector beside the index's copy of it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="passages")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="passages")
    ordinal = models.PositiveIntegerField()
    key = models.CharField(max_length=160)
    level = models.CharField(max_length=10, choices=[(level.value, level.value) for level in Level])
    section = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=200)
    path = models.JSONField(default=list)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    box = models.BooleanField(default=False)
    lead_units = models.JSONField(default=list)
    other_units = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64, db_index=True)
    vector = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="knowledge_passage_key"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="knowledge_passage_not_empty"),
        ]

    def __str__(self) -> str:
        return self.key


class Target(models.Model):
    """A figure that a document promises; the spans are characters in the document's text."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="targets")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="targets")
    ordinal = models.PositiveIntegerField()
    section = models.PositiveIntegerField(null=True)
    subject = models.CharField(max_length=200)
    metric = models.CharField(max_length=60, blank=True)
    qualifier = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    bound = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    sentence_start = models.PositiveIntegerField()
    sentence_end = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "ordinal"], name="knowledge_target_ordinal")]

    def __str__(self) -> str:
        return f"{self.subject} {self.value}{self.unit}"


class Trial(models.Model):
    """What a document that is checked would do: a version with it, asked the frozen questions beside what serves.

    `result` holds by measure the shares before and after, `worse` the questions that went right and would not.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="trials")
    fingerprint = models.CharField(max_length=64)
    version = models.UUIDField()  # no foreign key: versions are pruned
    passages = models.PositiveIntegerField(default=0)
    embedded = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    worse = models.JSONField(default=list)
    better = models.JSONField(default=list)
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"trial of {self.document_id}"


class AskedSet(models.Model):
    """The questions asked before that a version knows, in one row, for they are only ever read together.

    `questions` holds `[question, anchor, missing]` each, `vectors` one row of float32 for each, or nothing.
    """

    version = models.OneToOneField(Version, on_delete=models.CASCADE, primary_key=True, related_name="asked")
    questions = models.JSONField(default=list)
    vectors = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"asked before {self.version_id}"


class Synonym(models.Model):
    """What people call a thing that documents call otherwise; it counts in every version that is built while published.

    `result`, `worse` and `better` are what its trial showed, on the version that publishing it serves.
    """

    edges = (
        "state",
        {
            (SynonymState.DRAFT.value, SynonymState.PUBLISHED.value),
            (SynonymState.DRAFT.value, SynonymState.DISCARDED.value),
            (SynonymState.PUBLISHED.value, SynonymState.WITHDRAWN.value),
        },
    )
    settled = ("state", {SynonymState.DRAFT.value}, ["word", "others", "drafted_by", "published_by"])

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    word = models.CharField(max_length=40)
    others = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in SynonymState])
    drafted_by = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    version = models.UUIDField(null=True)  # that the trial built; no foreign key: versions are pruned
    questions = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    worse = models.JSONField(default=list)
    better = models.JSONField(default=list)
    tried_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["word"],
                condition=Q(state__in=[SynonymState.DRAFT.value, SynonymState.PUBLISHED.value]),
                name="knowledge_synonym_word",
            ),
            models.CheckConstraint(condition=~Q(published_by=F("drafted_by")), name="knowledge_synonym_by_another"),
            models.CheckConstraint(
                condition=~Q(state=SynonymState.PUBLISHED.value)
                | (~Q(published_by="") & Q(published_at__isnull=False, tried_at__isnull=False)),
                name="knowledge_synonym_tried_and_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {'、'.join(self.others)}"
