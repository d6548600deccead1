"""What the carbon book speaks of. Carbon is milligrams of CO2e avoided, always a whole number."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Factor:
    """`mg` avoided for each `per` units; what falls below a milligram is not counted."""

    mg: int
    per: int = 1


@dataclass(frozen=True)
class NewMethod:
    """A counting method: what is multiplied by what, on whose authority, how surely.

    `factors` are by variant (material, mode); a variant that is not named counts nothing. `per_day_mg` bounds what
    one person's acts of a day may add up to. `note` says what a reader must know: that a factor is foreign, say.
    """

    slug: str
    title_zh: str
    title_en: str
    unit: str
    factors: dict[str, Factor]
    source: str
    uncertainty_percent: int
    per_day_mg: int | None = None
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Counted:
    """One act as the book wants it. `key` is the evidence: what rests on it is counted once."""

    key: str
    resident_id: UUID
    activity: str
    method: str
    variant: str
    amount: int
    event_id: UUID


@dataclass(frozen=True)
class Foreseen:
    """What a draft would make of the entries that it covers: how many, their milligrams, and those under the draft."""

    entries: int
    mg_then: int
    mg_now: int


@dataclass(frozen=True)
class Line:
    """What one activity avoided by one version of one method, corrections included."""

    activity: str
    mg: int
    method: str
    version: int
    source: str
    uncertainty_percent: int
    title_zh: str
    title_en: str
    note_zh: str
    note_en: str
