"""Symptom search: what the views ask for."""

from .report import count_search
from .results import find_by_name, results_for_query, results_for_symptom, suggestions

__all__ = [
    "count_search",
    "find_by_name",
    "results_for_query",
    "results_for_symptom",
    "suggestions",
]
