"""From a query to an answer: danger first, then codes and names, then complaints and places."""

from dataclasses import dataclass, field

from .codes import Code
from .index import RANK_ALIAS, RANK_OLD, Index, Name
from .lexicon import Term
from .ranking import Meant, is_about_us, meant_symptoms, place_scores, rank_points
from .safety import Recognised, recognise
from .text import LONGEST_QUERY, STOP_WORDS, squash, words

MERIDIAN_WORDS = {"meridian", "meridians", "channel", "channels"}


@dataclass
class Answer:
    """What the query was taken to mean and what follows from it; no database objects.

    `reasons` holds the points in the order to show, each by its code with why it answers.
    """

    query: str
    searched: str = ""
    corrected: bool = False
    tokens: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    recognised: Recognised = field(default_factory=Recognised)
    codes: list[Code] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    is_about_us: bool = True
    meant: list[Meant] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    unknown_code: str = ""
    blocked: bool = False

    @property
    def says_something(self) -> bool:
        """Whether there is more to show than ways on: points, advice, or a page about it."""
        return bool(self.reasons or self.meant or self.recognised.red_flags or self.unknown_code)


def answer(index: Index, query: str, literal: bool = False) -> Answer:
    """Return the answer to `query`; with `literal`, nothing is spelled anew."""
    tokens = words(query[:LONGEST_QUERY])
    if literal:
        return understand(index, query, tokens, tokens)
    result = understand(index, query, tokens, index.speller.mend(tokens))
    if not result.says_something and index.names_a_body(result.terms):
        bolder = understand(index, query, tokens, index.speller.mend(tokens, boldly=True))
        if bolder.says_something:
            return bolder
    return result


def understand(index: Index, query: str, typed: list[str], tokens: list[str]) -> Answer:
    """Return the answer to `query`, whose words are `typed`, read as `tokens`."""
    result = Answer(query, searched=" ".join(tokens), corrected=tokens != typed, tokens=tokens)
    result.codes = index.codes.read(typed)
    spelled = {position for code in result.codes for position in range(code.first, code.last + 1)}
    result.names, named = find_names(index, typed)
    if result.corrected and not result.names:
        result.names, named = find_names(index, tokens)
    result.terms = index.lexicon.terms(tokens)
    result.recognised = recognise(index, result.terms, tokens)

    add_codes(index, result, len(typed))
    add_names(result)
    free_terms = result.terms
    if result.names or result.reasons:
        taken = named | (spelled if not result.corrected else set())
        free_terms = [term for term in result.terms if term.position not in taken]
    add_meridian(index, result)
    add_meanings(index, result, free_terms)
    if blocks_points(index, result):
        result.blocked, result.reasons = True, {}
    return result


def find_names(index: Index, tokens: list[str]) -> tuple[list[Name], set[int]]:
    """Return the names of points in `tokens`, longest first, and the positions they take."""
    found: list[Name] = []
    taken: set[int] = set()
    for length in range(min(index.longest_name, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            span = set(range(start, start + length))
            if span & taken or not worth_a_name(tokens[start : start + length]):
                continue
            if names := index.names.get("".join(tokens[start : start + length])):
                found += names
                taken |= span
    for position, token in enumerate(tokens):
        if position not in taken and not token.isascii():
            for key, names in index.names.items():
                if not key.isascii() and key in token:
                    found += names
                    taken.add(position)
    return found, taken


def worth_a_name(part: list[str]) -> bool:
    """Whether `part` may be a name: more than stop words and digits."""
    return any(token not in STOP_WORDS and not token.isdigit() for token in part)


def add_codes(index: Index, result: Answer, length: int):
    for code in result.codes:
        readings = index.names.get(squash(code.code), [])
        own = [name for name in readings if name.code == code.code]
        if not own:
            if code.last - code.first + 1 == length or len(code.prefix) > 1:
                result.unknown_code = result.unknown_code or code.code
        for name in own:
            result.reasons.setdefault(name.code, f"code {name.code}")
        for name in readings:
            if name.code != code.code:
                result.reasons.setdefault(
                    name.code, f"older charts call it {code.code}. {name.note}".strip()
                )
    if result.reasons:
        result.unknown_code = ""


def add_names(result: Answer):
    for name in result.names:
        if name.rank > RANK_ALIAS:
            label = "old number" if name.rank == RANK_OLD else "disputed name"
            result.reasons.setdefault(name.code, f"{label}: {name.text}. {name.note}".strip())
        elif name.kind in {"code", "who_code"}:
            result.reasons.setdefault(name.code, f"code {name.code}")
        elif name.rank == RANK_ALIAS:
            result.reasons.setdefault(name.code, f"other name: {name.text}")
        else:
            result.reasons.setdefault(name.code, f"name: {name.text}")


def add_meridian(index: Index, result: Answer):
    """List a whole meridian when the query names it and says "meridian" or "channel"."""
    if result.reasons or not MERIDIAN_WORDS.intersection(result.tokens):
        return
    if any(term.text in index.lexicon.complaints for term in result.terms):
        return
    for code, name in index.meridians.items():
        if set(words(name)) <= set(result.tokens):
            on_it = sorted(
                (number, point)
                for point, (number, _) in index.points.items()
                if point.rstrip("0123456789") == code
            )
            for _, point in on_it:
                result.reasons.setdefault(point, f"on the {name} meridian")


def add_meanings(index: Index, result: Answer, terms: list[Term]):
    meant = meant_symptoms(index, terms)
    result.is_about_us = is_about_us(index, terms, result.tokens, meant)
    if not result.is_about_us:
        return
    result.meant = meant
    complaint = any(term.text in index.topics for term in terms)
    places = place_scores(index, terms)
    if (result.names or result.codes) and not complaint:
        result.meant, places = [], {}
    place_first = bool(places) and not complaint
    if not result.meant and not place_first:
        return
    for code, reasons in rank_points(index, result.meant, places, place_first):
        if reasons:
            names = " and ".join(index.symptoms[meant.slug].name.lower() for meant in reasons)
            result.reasons.setdefault(code, f"for {names}{typed(result, terms)}")
        else:
            result.reasons.setdefault(code, f"its place{typed(result, terms)}")


def typed(result: Answer, terms: list[Term]) -> str:
    """Return the reader's own words for the reason, "" when the query was long."""
    return f": you typed {result.query.strip()}" if len(terms) <= 4 else ""


def blocks_points(index: Index, result: Answer) -> bool:
    """Whether the answer must be advice only: an emergency, or a complaint no point is for."""
    if any(not index.red_flags[slug][1] for slug in result.recognised.red_flags):
        return True
    return bool(result.meant) and not index.symptoms[result.meant[0].slug].offers_points
