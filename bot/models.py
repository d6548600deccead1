"""Conversations and their turns, and what people look after. What identifies a person is masked before it gets here.

Votes, tickets and a gap's wording live and die with the turns that they are about: a conversation that is deleted takes
them along.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from bot.care.types import WAITING, ExamState, GapState, Queue, TicketState, VoteReason
from bot.rules.needs import LONGEST_NEED_CHARS
from bot.types import Status

NOTE_CHARACTERS = 300
ANSWER_CHARACTERS = 1000
TICKETS_PER_DAY = 3  # that one resident may open


class Conversation(models.Model):
    """A conversation of a resident, or of nobody: then its id is the key to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="conversations"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"conversation {self.id}"


class Gap(models.Model):
    """A question that the assistant does not answer well, whoever asks it. Its wording is that of its turns.

    `need` is what is asked for, not the words it is asked in (`bot.rules.needs`). A gap that turned out to be the same
    as an earlier one points to it by `same_as` and is counted there. How often and when it was asked its turns tell.
    """

    edges = (
        "state",
        {
            (GapState.OPEN.value, GapState.ANSWERED.value),
            (GapState.OPEN.value, GapState.DISMISSED.value),
            (GapState.ANSWERED.value, GapState.OPEN.value),
        },
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need = models.CharField(max_length=LONGEST_NEED_CHARS, unique=True)
    vector = models.BinaryField(null=True)  # null until it has been compared with the earlier ones
    same_as = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="variants")
    near = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in GapState], default=GapState.OPEN.value
    )
    opened_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=NOTE_CHARACTERS, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=GapState.OPEN.value, closed_by=None, closed_at=None)
                | (~Q(state=GapState.OPEN.value) & Q(closed_by__isnull=False, closed_at__isnull=False)),
                name="gap_closed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(same_as=F("id")), name="gap_same_as_another"),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="gap_by_state")]

    def __str__(self) -> str:
        return f"{self.state} gap {str(self.pk)[:8]}"


class Turn(models.Model):
    """One question and how it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    at = models.DateTimeField()
    question = models.CharField(max_length=600)
    answer = models.TextField()
    status = models.CharField(max_length=20, choices=[(status.value, status.value) for status in Status])
    citations = models.JSONField(default=list)
    generated = models.BooleanField(default=False)
    version = models.UUIDField(null=True)  # of the knowledge that answered; no foreign key, versions are pruned
    need = models.CharField(max_length=LONGEST_NEED_CHARS, blank=True)  # empty where no document was searched
    gap = models.ForeignKey(Gap, null=True, on_delete=models.SET_NULL, related_name="turns")

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"], name="turn_by_conversation")]

    def __str__(self) -> str:
        return f"{self.status}: {self.question[:40]}"


class Vote(models.Model):
    """What the asker thought of one answer, said once. It changes no ranking: people read it."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, primary_key=True, related_name="vote")
    helpful = models.BooleanField()
    reason = models.CharField(max_length=10, blank=True, choices=[(each.value, each.value) for each in VoteReason])
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(helpful=True, reason="") | Q(helpful=False, reason__in=[each.value for each in VoteReason]),
                name="vote_against_says_why",
            )
        ]

    def __str__(self) -> str:
        return "helpful" if self.helpful else f"unhelpful: {self.reason}"


class Ticket(models.Model):
    """A conversation handed to a person, by the resident's own act. Its transcript is the conversation until then."""

    edges = (
        "state",
        {
            (TicketState.OPEN.value, TicketState.TAKEN.value),
            (TicketState.OPEN.value, TicketState.CLOSED.value),
            (TicketState.TAKEN.value, TicketState.ANSWERED.value),
            (TicketState.TAKEN.value, TicketState.CLOSED.value),
            (TicketState.ANSWERED.value, TicketState.CLOSED.value),
        },
    )
    settled = ("state", set(WAITING), ["answer", "answered_at", "taken_by", "queue", "note"])

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="tickets")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="tickets")
    queue = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Queue])
    note = models.CharField(max_length=NOTE_CHARACTERS, blank=True)
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in TicketState], default=TicketState.OPEN.value
    )
    opened_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=ANSWER_CHARACTERS, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state__in=[each.value for each in WAITING]),
                name="one_waiting_ticket_a_conversation",
            ),
            models.CheckConstraint(
                condition=~Q(state=TicketState.ANSWERED.value) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="ticket_answered_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TicketState.TAKEN.value, TicketState.ANSWERED.value])
                | Q(taken_by__isnull=False),
                name="ticket_taken_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "queue", "opened_at"], name="ticket_by_queue")]

    def __str__(self) -> str:
        return f"{self.state} ticket {str(self.pk)[:8]}"


class TicketDay(models.Model):
    """How many tickets a resident opened on one day of the district. It outlives them: deleting one frees nothing."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(db_index=True)
    opened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "day"], name="one_ticket_count_a_day"),
            models.CheckConstraint(condition=Q(opened__lte=TICKETS_PER_DAY), name="tickets_within_the_days_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.opened} on {self.day}"


class Exam(models.Model):
    """A question that joins the frozen ones: what an answer must say, and where in the documents that stands."""

    edges = (
        "state",
        {
            (ExamState.DRAFT.value, ExamState.PUBLISHED.value),
            (ExamState.DRAFT.value, ExamState.WITHDRAWN.value),
            (ExamState.PUBLISHED.value, ExamState.WITHDRAWN.value),
        },
    )
    settled = ("state", {ExamState.DRAFT.value}, ["question", "must", "anchor", "drafted_by", "published_by"])

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.CharField(max_length=200)
    must = models.JSONField(default=list)
    document = models.CharField(max_length=120)
    section = models.PositiveIntegerField(null=True)
    anchor = models.CharField(max_length=NOTE_CHARACTERS)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in ExamState])
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=~Q(state=ExamState.WITHDRAWN.value),
                name="one_exam_a_question",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")), name="exam_published_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExamState.PUBLISHED.value)
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="exam_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.question
