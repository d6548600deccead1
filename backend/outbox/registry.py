"""Who does what: handlers by topic, and jobs by name. Filled once, at start-up, by each app's `tasks.register()`.

A handler is `register("people.sms", send, Policy(lane=Lane.CALLS))`; a job is one line,
`schedule("campaigns.close", Every(60), step)`. Both are called from `AppConfig.ready`.
"""

from dataclasses import dataclass

from backend.outbox.errors import UnknownTopic
from backend.outbox.types import Calendar, Handler, Lane, Policy, Step

JOB_POLICY = Policy(tries=3, first_seconds=2, most_seconds=30, lease_seconds=120)
_JOB = "job."


@dataclass(frozen=True)
class Task:
    """A topic, and the handler of its tasks."""

    topic: str
    policy: Policy
    handler: Handler


@dataclass(frozen=True)
class Job:
    """Something that comes again by a calendar, in pieces."""

    name: str
    calendar: Calendar
    step: Step
    policy: Policy = JOB_POLICY

    @property
    def topic(self) -> str:
        return _JOB + self.name


_known: dict[str, Task | Job] = {}


def register(topic: str, handler: Handler, policy: Policy = Policy()) -> None:  # noqa: B008 - frozen
    """Tasks of `topic` are done by `handler(work, now)`."""
    _add(Task(topic, policy, handler))


def schedule(name: str, calendar: Calendar, step: Step) -> None:
    """`step(now)` runs by the calendar, in one process at a time, again and again until it returns 0.

    Each piece is one transaction together with the lease's renewal, so a worker that was thought dead cannot go on.
    """
    _add(Job(name, calendar, step))


def known(topic: str) -> Task | Job:
    """Raises UnknownTopic."""
    try:
        return _known[topic]
    except KeyError:
        raise UnknownTopic(f"no handler is registered for {topic!r}") from None


def topics(lane: Lane) -> list[str]:
    """What this release can do in a lane. Workers leave the rest to those that can."""
    return sorted(topic for topic, task in _known.items() if task.policy.lane == lane)


def jobs() -> list[Job]:
    """Every job, in the order in which the apps scheduled them."""
    return [each for each in _known.values() if isinstance(each, Job)]


def _add(task: Task | Job) -> None:
    if task.topic in _known:
        raise ValueError(f"{task.topic!r} is registered twice")
    _known[task.topic] = task
