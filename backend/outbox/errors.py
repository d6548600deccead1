class LeaseLost(RuntimeError):
    """Another worker has the task by now. What was written in this transaction must be rolled back."""


class TryAgain(Exception):
    """A handler met what it expects at times, a server that is down. Tried again, without a trace in the log."""


class GiveUp(Exception):
    """A handler says that no retry can help. The task is dead at once; the message says why."""


class UnknownTopic(RuntimeError):
    """No handler is registered for this topic. A programming error."""


class TaskTooLarge(ValueError):
    """A payload or key is over the limit: a task names what to do, it does not carry it."""
