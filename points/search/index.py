"""What search knows, built from the published content and kept in memory until it changes."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import NamedTuple

from django.db import Error, connection
from django.utils import timezone

from backpain_site.memo import content_number
from backpain_site.publishing import next_to_appear

from ..models import (
    BodyArea,
    CautionGroup,
    Indication,
    Meridian,
    Point,
    RedFlag,
    RedFlagPhrase,
    Symptom,
    SymptomPhrase,
    WordGroup,
)
from .codes import CodeReader
from .lexicon import Lexicon, Term
from .spelling import Speller, english_words
from .text import squash, stem, words


@dataclass(frozen=True, slots=True)
class Name:
    """A way to call a point, and how sure that is: its own name first, disputed ones last."""

    code: str
    text: str
    kind: str
    rank: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    code: str
    weight: float


@dataclass(frozen=True, slots=True)
class SymptomEntry:
    slug: str
    name: str
    url: str
    offers_points: bool
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    symptom: str
    text: str
    terms: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """Terms that mean `owner` (a red flag or a caution group) when they stand close together."""

    owner: str
    text: str
    terms: tuple[str, ...]


class Read(NamedTuple):
    """The words of a text, and the meanings of these words."""

    words: tuple[str, ...]
    terms: tuple[str, ...]


class Patterns:
    """Patterns by their rarest term, so that a query is held against a few of them only."""

    def __init__(self, patterns: Iterable[Pattern] = ()):
        patterns = list(patterns)
        seen = Counter(term for pattern in patterns for term in pattern.terms)
        self.by_term: dict[str, list[Pattern]] = defaultdict(list)
        for pattern in patterns:
            rarest = min(pattern.terms, key=lambda term: (seen[term], term))
            self.by_term[rarest].append(pattern)
        self.terms = seen.keys()

    def among(self, terms: Iterable[str]) -> Iterator[Pattern]:
        """Yield every pattern whose rarest term is one of `terms`."""
        for term in terms:
            yield from self.by_term.get(term, ())


@dataclass
class Index:
    version: int
    good_until: datetime
    lexicon: Lexicon
    codes: CodeReader
    speller: Speller
    meridians: dict[str, str] = field(default_factory=dict)
    points: dict[str, tuple] = field(default_factory=dict)
    names: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    longest_name: int = 1
    symptoms: dict[str, SymptomEntry] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)
    postings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    term_symptoms: dict[str, set[str]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    body_terms: set[str] = field(default_factory=set)
    places: dict[str, dict[float, list[str]]] = field(default_factory=dict)
    place_weights: dict[str, float] = field(default_factory=dict)
    red_flags: dict[str, tuple[str, bool]] = field(default_factory=dict)
    red_flag_patterns: Patterns = field(default_factory=Patterns)
    harmless_patterns: Patterns = field(default_factory=Patterns)
    group_patterns: Patterns = field(default_factory=Patterns)
    safety_terms: set[str] = field(default_factory=set)
    labels: list[tuple[str, str, str, str]] = field(default_factory=list)
    starts: list[tuple[str, str, str, str]] = field(default_factory=list)
    danger_starts: list[tuple[str]] = field(default_factory=list)
    texts: dict[str, Read] = field(default_factory=dict)

    def is_stale(self, version: int) -> bool:
        """Whether content changed since, or a page was due to appear by itself."""
        return self.version != version or timezone.now() >= self.good_until

    def knows(self, term: str) -> bool:
        """Whether any of our texts that search reads uses `term`."""
        return term in self.weights or term in self.place_weights or term in self.safety_terms

    def names_a_body(self, terms: list[Term]) -> bool:
        """Whether any of `terms` is a part of the body or what it feels."""
        return any(term.text in self.body_terms or term.text in self.topics for term in terms)

    def weight(self, term: str) -> float:
        return self.weights.get(term, 0.0)


# Words that say where on a part of the body, but name none.
POSITIONS = frozenset(
    stem(word)
    for word in """
    side behind below beside between above inner outer inside outside middle mid centre center top
    base bottom edge level line low lower upper front rear posterior dorsal hollow dip fold pit gap
    dimple web big cap cage belt bra love handle strap cuff girdle joint sit soft first second
    """.split()
)
PRIMARY, SECONDARY = 1.0, 0.6
# Among equals: points of several studies first, claims of popular guides last.
BASIS_BONUS = {"studied": 0.03, "tradition": 0.02, "popular": 0.0}
RANK_OWN, RANK_ALIAS, RANK_OLD, RANK_DISPUTED = range(4)


class Builder:
    """Reads the published content once and fills an Index.

    What `previous` made of a text is used again while the word groups are the same.
    """

    def __init__(self, version: int, previous: Index | None = None):
        # Before the pages are read: none may fall between.
        good_until = next_to_appear(Point, Symptom)
        meridians = list(Meridian.objects.all())
        self.areas = list(BodyArea.objects.all())
        self.groups = list(CautionGroup.objects.all())
        self.points = list(
            Point.objects.published()
            .select_related("body_area", "meridian")
            .prefetch_related("aliases")
        )
        self.uses = Indication.objects.order_by("pk").values_list(
            "point_id", "symptom_id", "role", "basis"
        )
        self.symptoms = list(Symptom.objects.published().order_by("slug"))
        # Sorted here, because databases do not agree on the order of letters.
        self.phrases = sorted(SymptomPhrase.objects.values_list("symptom_id", "text"))
        self.flags = list(RedFlag.objects.all())
        self.flag_phrases = sorted(
            RedFlagPhrase.objects.values_list("red_flag__slug", "text", "is_exception")
        )
        word_groups = list(WordGroup.objects.all())
        self.vocabulary: Counter[str] = Counter()
        lexicon = Lexicon.from_groups(
            (group.name, group.word_list, group.is_complaint) for group in word_groups
        )
        self.known_texts = previous.texts if previous and previous.lexicon == lexicon else {}
        self.shared: dict[str, str] = {}
        self.index = Index(
            version=version,
            good_until=good_until,
            lexicon=lexicon,
            codes=CodeReader.from_meridians(
                (meridian.code, meridian.name, meridian.other_code_list) for meridian in meridians
            ),
            speller=Speller({}),
            meridians={meridian.code: meridian.name for meridian in meridians},
        )
        self.learn(*(meridian.name for meridian in meridians))
        for group in word_groups:
            self.learn(group.name, *group.word_list)

    def build(self) -> Index:
        self.add_names()
        self.add_symptoms()
        self.add_places()
        self.add_safety()
        self.index.starts = sorted({*self.index.starts, *self.index.labels})
        self.index.speller = Speller(dict(self.vocabulary))
        return self.index

    def read(self, text: str) -> Read:
        """Return what `text` says; every word is kept in memory once."""
        found = self.known_texts.get(text)
        if found is None:
            tokens = words(text)
            terms = (term.text for term in self.index.lexicon.terms(tokens))
            found = Read(tuple(map(self.once, tokens)), tuple(map(self.once, terms)))
        self.index.texts[text] = found
        return found

    def once(self, word: str) -> str:
        return self.shared.setdefault(word, word)

    def learn(self, *texts: str):
        """Add the words of `texts` to those the speller mends towards."""
        for text in texts:
            self.vocabulary.update(self.read(text).words)

    def terms(self, text: str) -> tuple[str, ...]:
        return self.read(text).terms

    def add_names(self):
        for point in self.points:
            own = [
                (point.code, "code"),
                (point.english_name, "name"),
                (point.pinyin_plain, "pinyin"),
                (point.hanzi_traditional, "characters"),
                (point.hanzi_simplified, "characters"),
            ]
            for text, kind in own:
                self.add_name(Name(point.code, text, kind, RANK_OWN))
            for alias in point.aliases.all():
                rank = RANK_ALIAS
                if alias.disputed:
                    rank = RANK_OLD if alias.kind == "old_number" else RANK_DISPUTED
                self.add_name(Name(point.code, alias.text, alias.kind, rank, alias.note))
            self.index.points[point.code] = (point.number, point.guide_order or 99)
            name, url = f"{point.code} {point.place_name}", point.get_absolute_url()
            self.index.labels.append((squash(point.code), name, url, "point"))
            shown = (point.english_name, point.pinyin_plain, point.hanzi_traditional)
            for text in filter(None, shown):
                self.index.labels.append((squash(text), f"{name} ({text})", url, "point"))
        for found in self.index.names.values():
            found.sort(key=lambda name: (name.rank, name.code))

    def add_name(self, name: Name):
        key = squash(name.text)
        if not key:
            return
        same = self.index.names[key]
        if all(other.code != name.code for other in same):
            same.append(name)
        tokens = words(name.text)
        self.index.longest_name = max(self.index.longest_name, len(tokens))
        if name.kind not in {"code", "who_code", "old_number"}:
            self.vocabulary.update(token for token in tokens if not any(c.isdigit() for c in token))

    def add_symptoms(self):
        seen: dict[str, set[str]] = defaultdict(set)
        drafts: list[tuple[str, str, frozenset[str]]] = []
        uses = defaultdict(list)
        offered = {point.pk: point.code for point in self.points if not point.reference_only}
        for point, symptom, role, basis in self.uses:
            if code := offered.get(point):
                weight = PRIMARY if role == "primary" else SECONDARY
                uses[symptom].append(Use(code, weight + BASIS_BONUS[basis]))
        phrases = defaultdict(list)
        for symptom, text in self.phrases:
            phrases[symptom].append(text)
        for symptom in self.symptoms:
            entry = self.index.symptoms[symptom.slug] = SymptomEntry(
                symptom.slug,
                symptom.name,
                symptom.get_absolute_url(),
                symptom.offers_points,
                tuple(uses[symptom.pk]),
            )
            texts = [symptom.name, symptom.clinical_name]
            texts += [part for name in texts for part in name.split(",")]
            texts += phrases[symptom.pk]
            self.learn(*texts)
            self.index.labels.append((squash(entry.name), entry.name, entry.url, "symptom"))
            self.index.starts += [
                (squash(text), entry.name, entry.url, "symptom") for text in texts if text
            ]
            wordings: dict[frozenset[str], str] = {}
            for text in texts:
                wordings.setdefault(frozenset(self.terms(text)), text)
            for terms, text in wordings.items():
                if terms:
                    drafts.append((symptom.slug, text, terms))
                    for term in terms:
                        seen[term].add(symptom.slug)
        self.index.term_symptoms = dict(seen)
        total = max(1, len(self.symptoms))
        self.index.weights = {
            term: round(log(1 + total / len(slugs)), 4) for term, slugs in seen.items()
        }
        for slug, text, terms in drafts:
            weight = sum(self.index.weights[term] for term in sorted(terms))
            number = len(self.index.phrases)
            self.index.phrases.append(Phrase(slug, text, terms, round(weight, 4)))
            for term in terms:
                self.index.postings[term].append(number)

    def add_places(self):
        """Learn where points are, from their place names, their areas and the texts on finding."""
        index = self.index
        for area in self.areas:
            self.learn(area.name, *area.word_list)
            for text in (area.name, *area.word_list):
                index.body_terms.update(self.terms(text))
        index.body_terms -= index.lexicon.complaints | POSITIONS
        places = defaultdict(lambda: defaultdict(list))
        for point in self.points:
            place: dict[str, float] = {}
            area = point.body_area
            for text, weight in (
                (point.find_it, 0.3),
                (point.where, 0.6),
                (point.summary, 0.6),
                (area.words, 0.4),
                (area.name, 0.8),
                (point.place_name, 1.0),
            ):
                self.learn(text)
                for term in self.terms(text):
                    place[term] = max(weight, place.get(term, 0))
            index.body_terms.update(set(self.terms(point.place_name)) - POSITIONS)
            for term, weight in place.items():
                places[term][weight].append(point.code)
        index.places = {term: dict(codes) for term, codes in places.items()}
        total = max(1, len(self.points))
        index.place_weights = {
            term: round(log(1 + total / sum(map(len, codes.values()))), 4)
            for term, codes in index.places.items()
        }
        for symptom in self.symptoms:
            for text in (symptom.name, symptom.clinical_name):
                index.topics.update(self.terms(text))
        index.topics -= index.body_terms
        index.topics |= index.lexicon.complaints

    def add_safety(self):
        index = self.index
        index.red_flags = {flag.slug: (flag.action, flag.shows_points) for flag in self.flags}
        self.learn(*(text for _, text, _ in self.flag_phrases))
        index.danger_starts = sorted(
            {(squash(text),) for _, text, harmless in self.flag_phrases if not harmless}
        )
        index.red_flag_patterns = self.patterns(
            (flag, text) for flag, text, harmless in self.flag_phrases if not harmless
        )
        index.harmless_patterns = self.patterns(
            (flag, text) for flag, text, harmless in self.flag_phrases if harmless
        )
        of_groups = [(group.slug, text) for group in self.groups for text in group.word_list]
        self.learn(*(text for _, text in of_groups))
        index.group_patterns = self.patterns(of_groups)
        for patterns in (index.red_flag_patterns, index.harmless_patterns, index.group_patterns):
            index.safety_terms.update(patterns.terms)

    def patterns(self, texts: Iterable[tuple[str, str]]) -> Patterns:
        """Return the patterns of (owner, text), without texts that say nothing."""
        read = ((owner, text, tuple(dict.fromkeys(self.terms(text)))) for owner, text in texts)
        return Patterns(Pattern(*pattern) for pattern in read if pattern[2])


class IndexHolder:
    """The index of this process: fresh on the next request, without long waits.

    A rebuild that took less than LONGEST_WAIT seconds the last time is made at once; a longer
    one is made beside the requests, which go on with the index they have. The first index, made
    of nothing, says nothing of how long that takes.
    """

    LONGEST_WAIT = 1.0

    def __init__(self):
        self.index: Index | None = None
        self.building = threading.Lock()
        self.seconds = 0.0

    def get(self) -> Index:
        version = content_number()
        if self.index is None:
            with self.building:
                if self.index is None:
                    self.build(version)
        elif self.index.is_stale(version) and self.building.acquire(blocking=False):
            if self.seconds < self.LONGEST_WAIT:
                try:
                    self.build(version)
                finally:
                    self.building.release()
            else:
                threading.Thread(target=self.build_aside, args=[version], daemon=True).start()
        return self.index

    def warm(self):
        """Build the index before a search asks for it; without a database that search will."""
        with suppress(Error):
            self.get()
        connection.close()

    def build(self, version: int):
        english_words()  # Read once a process; no part of what a rebuild takes.
        previous, started = self.index, time.perf_counter()
        self.index = Builder(version, previous=previous).build()
        if previous:
            self.seconds = time.perf_counter() - started

    def build_aside(self, version: int):
        try:
            self.build(version)
        finally:
            self.building.release()
            connection.close()


holder = IndexHolder()
