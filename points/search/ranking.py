"""Which complaints a query means, and which points follow from that."""

from collections import defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise

from .index import Index, Phrase
from .lexicon import Term
from .spelling import EVERYDAY, RARE, commonness

MOST_SYMPTOMS = 4
# A further complaint in the same query must be at least this strong beside the first.
FURTHER = 0.3
# Complaints as strong as this beside the first are its equals.
EQUAL = 0.93
# What a word adds that the symptom's other phrases use.
BONUS = 0.15
MOST_POINTS = 100
PERSONAL = {"i", "im", "ive", "my", "mine"}


@dataclass(frozen=True)
class Meant:
    """A complaint that the query means: how strongly, by which of its words and which phrase.

    `is_whole` when all the words of the phrase were said.
    """

    slug: str
    score: float
    terms: frozenset[str]
    phrase: str
    is_whole: bool


def meant_symptoms(index: Index, terms: list[Term]) -> list[Meant]:
    """Return the complaints in `terms`, the strongest first."""
    left = {term.text for term in terms}
    found: list[Meant] = []
    while left and len(found) < MOST_SYMPTOMS:
        best = best_symptoms(index, left, {meant.slug for meant in found})
        if not best:
            break
        if found and best[0].score < FURTHER * found[0].score:
            break
        if found and not says_new(index, best[0], taken=found[0].terms):
            break
        for meant in best:
            found.append(meant)
        # "neck pain and headache": the pain belongs to the next place named as well.
        left -= best[0].terms - (index.lexicon.complaints if left - best[0].terms else set())
        if found and best[0].terms <= index.lexicon.complaints:
            left -= best[0].terms
    return found


def best_symptoms(index: Index, left: set[str], taken: set[str]) -> list[Meant]:
    """Return the complaint, not among `taken`, whose phrases fit `left` best, and its ties."""
    ordered_terms = sorted(left)
    known = sum(index.weight(term) for term in ordered_terms)
    matched: dict[int, float] = defaultdict(float)
    for term in ordered_terms:
        weight = index.weight(term)
        for number in index.postings.get(term, ()):
            matched[number] += weight
    best: dict[str, tuple[float, Phrase]] = {}
    for number, weight in matched.items():
        phrase = index.phrases[number]
        share = weight / phrase.weight
        score = share * share * weight * (0.6 + 0.4 * weight / known)
        if phrase.symptom in best and score <= best[phrase.symptom][0]:
            continue
        if phrase.symptom in taken:
            continue
        if not (index.symptoms[phrase.symptom].offers_points or phrase.terms <= left):
            # Half a wording must not answer with advice only: "lost control of my temper".
            continue
        best[phrase.symptom] = (score, phrase)
    if not best:
        return []

    def in_all(slug: str) -> float:
        """Return the score with a little for words that other phrases of the symptom use."""
        used = sum(
            index.weight(term)
            for term in ordered_terms
            if slug in index.term_symptoms.get(term, ())
        )
        return round(best[slug][0] + BONUS * used, 4)

    first = max(best, key=lambda slug: best[slug][0])
    # Whatever is further from the first than the whole bonus cannot be its equal.
    enough = EQUAL * in_all(first) - BONUS * known
    total = {slug: in_all(slug) for slug, (score, _) in best.items() if score >= enough}
    top = max(total.values())
    return [
        Meant(slug, total[slug], phrase.terms & left, phrase.text, phrase.terms <= left)
        for slug in sorted(total, key=lambda slug: (-total[slug], slug))
        if total[slug] >= EQUAL * top
        for phrase in [best[slug][1]]
    ]


def is_about_us(index: Index, terms: list[Term], tokens: list[str], meant: list[Meant]) -> bool:
    """Whether the query speaks of a body and what it feels, and not of something else.

    Words we know speak for it, rare ones more than everyday ones; words that none of our texts
    uses speak against it, everyday ones less than others.
    """
    said = {term.text: term.word for term in terms}
    places, complaints = said.keys() & index.body_terms, said.keys() & index.topics
    for part, whole in pairwise(terms):
        # "knee of the curve", "foot of the hill": the part of something that is no body.
        between = tokens[part.position + 1 : whole.position]
        if "of" in between and not (complaints or index.names_a_body([whole])):
            places.discard(part.text)
    personal = bool(PERSONAL.intersection(tokens))
    evidence = len(places) + len(complaints) + 2 * bool(places and complaints)
    bodily, doubt = bool(places or complaints), 0.0
    for term, word in said.items():
        if term in index.body_terms or term in complaints:
            continue
        rank = commonness(word)
        if index.knows(term):
            evidence += 2 if rank == RARE else 0.5
            bodily |= rank == RARE
        elif not word.isdigit():
            doubt += 0.5 if rank == EVERYDAY else 1
    if not bodily:
        # Only a situation, such as a desk or a long drive: it must be most of what was said, or
        # a whole wording in words about oneself.
        mostly = any(2 * len(one.terms) > len(said) for one in meant)
        return mostly or (personal and bool(meant) and meant[0].is_whole and evidence > doubt)
    return evidence + 2 * personal > doubt


def says_new(index: Index, meant: Meant, taken: frozenset[str]) -> bool:
    """Whether words left over say a complaint of their own, not only a place or a moment.

    `taken` are the words of the first complaint. When it names a place, pain "after golf" is the
    pain of that place.
    """
    complaints = meant.terms & index.lexicon.complaints
    subjects = (index.topics | index.body_terms) - index.lexicon.complaints
    if meant.terms & subjects & index.topics:
        return True
    if complaints <= {"pain"} and taken & subjects and not meant.terms & subjects:
        return False
    return bool(complaints) and (len(meant.terms) > 1 or meant.is_whole)


def place_scores(index: Index, terms: list[Term]) -> dict[str, float]:
    """Return how well the places of points fit `terms`, from 0 to 1, leaving out poor fits."""
    said = [term.text for term in terms if term.text in index.place_weights]
    whole = sum(index.place_weights[term] for term in said)
    if not whole or not index.body_terms.intersection(said):
        return {}
    sums: dict[str, float] = defaultdict(float)
    for term in said:
        for weight, codes in index.places[term].items():
            for code in codes:
                sums[code] += index.place_weights[term] * weight
    return {code: round(total / whole, 4) for code, total in sums.items() if total > 0.25 * whole}


def rank_points(index: Index, meant: list[Meant], places: dict[str, float], place_first: bool):
    """Return (code, complaints it is used for) in the order to show, at most MOST_POINTS.

    `place_first` is for queries that name a place and no complaint.
    """
    scores: dict[str, float] = defaultdict(float)
    reasons: dict[str, list[Meant]] = defaultdict(list)
    top = meant[0].score if meant else 1.0
    for symptom in meant:
        strength = 0.5 + 0.5 * symptom.score / top
        for use in index.symptoms[symptom.slug].uses:
            scores[use.code] += strength * use.weight
            reasons[use.code].append(symptom)
    if places:
        best = max(places.values())
        for code, fit in places.items():
            if place_first and fit >= 0.5 * best:
                scores[code] += 3 * fit / best
            elif code in scores:
                scores[code] += 0.15 * fit
    ordered = nsmallest(
        MOST_POINTS,
        scores,
        key=lambda code: (-round(scores[code], 4), index.points[code][1], code),
    )
    return [(code, reasons[code]) for code in ordered]
