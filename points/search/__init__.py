"""Symptom search: what the views ask for."""

from .results import find_by_name, results_for_query, results_for_symptom, suggestions

__all__ = ["find_by_name", "results_for_query", "results_for_symptom", "suggestions"]
