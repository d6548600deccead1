"""Rows of earning: stations, rules, awards. What must always be true of them is a constraint."""

from backend.earning.models.appeals import Appeal
from backend.earning.models.awards import Award, EvidenceDetail, EvidenceRecord, Review, TakenBack, UnitsBack
from backend.earning.models.photos import Photo, PhotoBand, evidence_storage
from backend.earning.models.rules import AwardRule, Boost, CapUse, LatestAct, RuleDraft
from backend.earning.models.signals import Signal, watching
from backend.earning.models.stations import Project, Station

__all__ = [
    "Appeal",
    "Award",
    "AwardRule",
    "Boost",
    "CapUse",
    "EvidenceDetail",
    "EvidenceRecord",
    "LatestAct",
    "Photo",
    "PhotoBand",
    "Project",
    "Review",
    "RuleDraft",
    "Signal",
    "Station",
    "TakenBack",
    "UnitsBack",
    "evidence_storage",
    "watching",
]
