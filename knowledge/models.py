"""Rows of the knowledge base. A version is immutable once active; the pointer moves between versions."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from knowledge.types import Kind, Level


class Document(models.Model):
    """One revision of a text: the same key with another digest is another row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    status = models.CharField(max_length=60)
    origin = models.TextField()
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "sha256"], name="knowledge_document_revision")]

    def __str__(self) -> str:
        return f"{self.key}@{self.sha256[:8]}"


class Version(models.Model):
    """Everything that can be found at one time. `fingerprint` says what it was built from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    embedder = models.CharField(max_length=80)
    built_at = models.DateTimeField()

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
