"""Signs of danger and groups that must take care, recognised before anything else."""

from dataclasses import dataclass, field

from .index import Index, Pattern
from .lexicon import NEGATIONS, Term

# Words of one sign may stand this many words further apart than in the phrase.
SLACK = 5


@dataclass(frozen=True)
class Recognised:
    """Red flags, the first in order first, and caution groups, each with the phrase met."""

    red_flags: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)


def recognise(index: Index, terms: list[Term], tokens: list[str]) -> Recognised:
    """Return the red flags and caution groups that the words of a query mean."""
    where: dict[str, list[int]] = {}
    for term in terms:
        where.setdefault(term.text, []).append(term.position)
    harmless: dict[str, set[int]] = {}
    for pattern in index.harmless_patterns.among(where):
        if found := nearest_span(pattern, where, SLACK):
            harmless.setdefault(pattern.owner, set()).update(found)
    flags = {
        pattern.owner: pattern.text
        for pattern in index.red_flag_patterns.among(where)
        if means(pattern, where, tokens, harmless.get(pattern.owner, set()))
    }
    groups = {
        pattern.owner: pattern.text
        for pattern in index.group_patterns.among(where)
        if means(pattern, where, tokens, set())
    }
    return Recognised({slug: flags[slug] for slug in index.red_flags if slug in flags}, groups)


def means(pattern: Pattern, where, tokens: list[str], harmless: set[int]) -> bool:
    found = nearest_span(pattern, where, SLACK)
    if not found or found <= harmless:
        return False
    if NEGATIONS.intersection(pattern.terms):
        return True
    return not any(negated(position, tokens) for position in found)


def nearest_span(pattern: Pattern, where: dict[str, list[int]], slack: int) -> set[int]:
    """Return positions holding all terms of `pattern` close together, empty when there are none."""
    places = []
    for term in pattern.terms:
        if term not in where:
            return set()
        places.append(where[term])
    for start in min(places, key=len):
        chosen = {min(options, key=lambda place: abs(place - start)) for options in places}
        if max(chosen) - min(chosen) <= len(pattern.terms) + slack:
            return chosen
    return set()


def negated(position: int, tokens: list[str]) -> bool:
    """Whether the word right before `position` says that the sign is absent: "no fever"."""
    return position > 0 and tokens[position - 1] in NEGATIONS
