from .cautions import CautionGroup, PointCaution
from .findings import findings_of_evidence
from .glossary import GlossaryTerm
from .points import Alias, FigureMarker, Indication, Point
from .reference import BodyArea, Certainty, Meridian, Source
from .routines import (
    CHANGE_SECONDS,
    SWAP_SECONDS,
    RoutineStep,
    SuggestedRoutine,
    minutes_of,
    seconds_of,
)
from .searches import SearchCount
from .symptoms import RedFlag, RedFlagPhrase, Symptom, SymptomPhrase, WordGroup

__all__ = [
    "CHANGE_SECONDS",
    "SWAP_SECONDS",
    "Alias",
    "BodyArea",
    "CautionGroup",
    "Certainty",
    "FigureMarker",
    "GlossaryTerm",
    "Indication",
    "Meridian",
    "Point",
    "PointCaution",
    "RedFlag",
    "RedFlagPhrase",
    "RoutineStep",
    "SearchCount",
    "Source",
    "SuggestedRoutine",
    "Symptom",
    "SymptomPhrase",
    "WordGroup",
    "findings_of_evidence",
    "minutes_of",
    "seconds_of",
]
