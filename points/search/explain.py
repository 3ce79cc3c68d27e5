"""How a query is understood, step by step, for editors who mend the vocabulary."""

from collections import Counter
from dataclasses import dataclass

from ..models import CautionGroup, RedFlag, Symptom
from .engine import Answer, answer
from .index import Index, holder
from .ranking import best_symptoms
from .text import LONGEST_QUERY, STOP_WORDS, words

MOST_GUESSES = 3


@dataclass(frozen=True)
class Explanation:
    """An answer with the records that decided it.

    `typed` are the words as they came, `silent` those without meaning, `meanings` tuples of
    (word, meaning, whether our texts use it). Records come with the phrase that was met.
    """

    answer: Answer
    typed: list[str]
    silent: list[str]
    meanings: list[tuple[str, str, bool]]
    red_flags: list[tuple[RedFlag, str]]
    groups: list[tuple[CautionGroup, str]]
    complaints: list[tuple[Symptom, float, str]]


def explain(query: str) -> Explanation:
    """Return how the search understands `query` now."""
    index = holder.get()
    found = answer(index, query)
    signs, spoken_of = found.recognised.red_flags, found.recognised.groups
    flags = RedFlag.objects.in_bulk(list(signs), field_name="slug")
    groups = CautionGroup.objects.in_bulk(list(spoken_of), field_name="slug")
    symptoms = symptoms_of(meant.slug for meant in found.meant)
    return Explanation(
        answer=found,
        typed=words(query[:LONGEST_QUERY]),
        silent=[token for token in found.tokens if token in STOP_WORDS],
        meanings=[(term.word, term.text, index.knows(term.text)) for term in found.terms],
        red_flags=[(flags[slug], phrase) for slug, phrase in signs.items() if slug in flags],
        groups=[(groups[slug], phrase) for slug, phrase in spoken_of.items() if slug in groups],
        complaints=[
            (symptoms[meant.slug], meant.score, meant.phrase)
            for meant in found.meant
            if meant.slug in symptoms
        ],
    )


def guesses(index: Index, found: Answer) -> list[str]:
    """Return slugs of the symptoms whose words come nearest to a query, the nearest first."""
    terms = {term.text for term in found.terms if index.names_a_body([term])}
    near = [meant.slug for meant in (*found.meant, *best_symptoms(index, terms, set()))]
    shared = Counter(slug for term in sorted(terms) for slug in index.term_symptoms.get(term, ()))
    near += sorted(shared, key=lambda slug: (-shared[slug], slug))
    return list(dict.fromkeys(near))[:MOST_GUESSES]


def symptoms_of(slugs) -> dict[str, Symptom]:
    return Symptom.objects.in_bulk(list(slugs), field_name="slug")


def ordinary_wordings(text: str) -> list[str]:
    """Return the phrases of complaints with points that hold all that `text` means.

    As a sign of danger, `text` would raise the alarm for each of them.
    """
    index = holder.get()
    terms = {term.text for term in index.lexicon.terms(words(text))}
    return [
        phrase.text
        for phrase in index.phrases
        if terms <= phrase.terms and index.symptoms[phrase.symptom].offers_points
    ]
