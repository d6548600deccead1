"""What is on the desk, one area a file. Importing this registers all of it."""

from backend.ops.console.desks import (
    assistant,
    books,
    campaigns,
    carbon,
    documents,
    earning,
    evidence,
    lessons,
    merchants,
    people,
    purchases,
    recycling,
    settlement,
    system,
    travel,
)
from backend.ops.console.site import console

__all__ = [
    "assistant",
    "books",
    "campaigns",
    "carbon",
    "console",
    "documents",
    "earning",
    "evidence",
    "lessons",
    "merchants",
    "people",
    "purchases",
    "recycling",
    "settlement",
    "system",
    "travel",
]
